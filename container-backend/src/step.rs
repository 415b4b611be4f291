//! The steps by which a container is made, in their order: the names in errors and on the timeline.

use std::fmt;

macro_rules! steps {
    ($($variant:ident $name:literal $meaning:literal)*) => {
        /// One step.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Step {
            $(#[doc = $meaning] $variant,)*
        }

        impl Step {
            /// All steps, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name on the timeline.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it does.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

steps! {
    Signals "signals" "preparing to forward signals"
    Cgroups "cgroups" "making the cgroups and setting the limits"
    ReportPipe "report-pipe" "making the pipe for errors"
    Clone "clone" "starting the first process in its namespaces"
    Lifeline "lifeline" "tying the container's life to the launcher's"
    UserMap "user-map" "mapping root inside to the user outside"
    JoinCgroups "join-cgroups" "entering the cgroups"
    CgroupNamespace "cgroup-namespace" "hiding the cgroups above"
    Hostname "hostname" "setting the host name"
    Loopback "loopback" "bringing the loopback interface up"
    Root "root" "making the new root"
    Proc "proc" "mounting /proc"
    Sys "sys" "mounting /sys"
    Dev "dev" "making /dev"
    Program "program" "showing the program's file inside"
    Binds "binds" "showing the host's files inside"
    Masks "masks" "covering dangerous files of /proc and /sys"
    Pivot "pivot-root" "changing the root and letting go of the old one"
    Rlimits "rlimits" "limiting open files"
    Capabilities "capabilities" "dropping capabilities"
    NoNewPrivs "no-new-privs" "forbidding new privileges"
    Seccomp "seccomp" "loading the system-call filter"
    Execute "execute" "executing the command"
    Wait "wait" "waiting for the container's end"
}

impl Step {
    /// Reads the number by which a step crosses the pipe.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// What the user can do when it fails.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Self::Cgroups => "run as root, or leave the limits out with --without cgroup",
            Self::Clone | Self::UserMap => {
                "run as root, or allow user namespaces: sysctl -w user.max_user_namespaces=15000 kernel.unprivileged_userns_clone=1 \
                 kernel.apparmor_restrict_unprivileged_userns=0"
            }
            Self::Root | Self::Pivot | Self::Proc | Self::Sys | Self::Dev => {
                "Linux 5.14 or later is needed; inside another container mounting may be forbidden"
            }
            Self::Program | Self::Binds => {
                "check that the path exists on the host and that its place inside is not a symbolic link"
            }
            Self::Execute => {
                "the command must be an executable file: statically linked, unless --rootfs holds its libraries"
            }
            Self::Seccomp => "the kernel must be built with CONFIG_SECCOMP_FILTER",
            _ => "strace -f shows the system call that failed; `--without` leaves a part out",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.meaning())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_crosses_the_pipe_as_a_number() {
        for &step in Step::ALL {
            assert_eq!(Step::from_number(step as u8), Some(step));
        }
        assert_eq!(Step::from_number(Step::ALL.len() as u8), None);
    }
}

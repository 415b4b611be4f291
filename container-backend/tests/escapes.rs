//! Ways out that were found in other runtimes, each tried here. What they have in common: the runtime does something on the
//! container's behalf with the host's powers, through a name that the container controls.

mod support;

use std::fs;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use support::{Ended, Running, has_root_and_cgroups, launcher, run, run_on_host, skip, walls};
use tempfile::TempDir;

/// An ordinary user: nobody.
const NOBODY: u32 = 65534;
/// Calls that an allowed one could be confused with, and that must work.
const ALLOWED: [&str; 3] = ["clone-plain", "socket-inet", "personality-linux"];

/// A root file system with the payload in it, and a folder beside it that belongs to the host.
fn root_and_outside() -> (TempDir, TempDir) {
    let folder = || tempfile::tempdir().expect("a temporary folder can be made");
    let (root, outside) = (folder(), folder());
    fs::copy(walls(), root.path().join("walls")).expect("the payload can be copied");
    (root, outside)
}

fn run_in(root: &Path, options: &[&str], command: &[&str]) -> Ended {
    let mut launcher = launcher();
    launcher
        .args(["run", "--rootfs"])
        .arg(root)
        .args(options)
        .arg("--")
        .args(command);
    Running::start(&mut launcher).wait()
}

#[test]
fn forbidden_system_calls_are_refused() {
    if !has_root_and_cgroups() {
        return;
    }
    let ended = run(&[], &["calls"]).expect_code(0);
    for line in ended.of("calls") {
        let (name, result) = line.split_once(' ').unwrap();
        let expected = match name {
            "clone3" => "!ENOSYS",
            name if ALLOWED.contains(&name) => "ok",
            _ => "!EPERM",
        };
        assert_eq!(result, expected, "{name}");
    }
    // That is the filter's work: on the host root gets other answers.
    let host = run_on_host(&["calls"]);
    assert!(
        !host.of("calls").iter().any(|line| line.ends_with("!EPERM")),
        "{host:#?}"
    );
}

#[test]
fn the_cpus_other_abis_are_refused() {
    if !has_root_and_cgroups() {
        return;
    }
    let (ended, host) = (run(&[], &["abis"]).expect_code(0), run_on_host(&["abis"]));
    for (inside, outside) in ended.of("abis").into_iter().zip(host.of("abis")) {
        if outside.ends_with("unsupported") {
            println!("SKIP: this kernel does not run {outside}");
        } else {
            assert!(
                inside.ends_with("!EPERM"),
                "{inside}; on the host: {outside}"
            );
        }
    }
}

/// CVE-2019-5736: the runtime's own file, reached through /proc, is overwritten from inside.
#[test]
fn the_launchers_file_is_out_of_reach() {
    if !has_root_and_cgroups() {
        return;
    }
    let before = fs::metadata(env!("CARGO_BIN_EXE_container-backend")).unwrap();
    let actions = [
        "readlink:/proc/1/exe",
        "open:r:/proc/1/exe",
        "open:w:/proc/1/exe",
        "readlink:/proc/1/root",
        "open:r:/proc/1/mem",
    ];
    let ended = run(&[], &actions).expect_code(0);
    for action in actions {
        assert!(
            ["!EACCES", "!EPERM"].contains(&ended.one(action)),
            "{action}: {ended:#?}"
        );
    }
    // The program itself is the host's file as well: shown read-only, and in use.
    let ended = run(&[], &["open:w:/proc/self/exe"]).expect_code(0);
    assert!(
        ["!EROFS", "!ETXTBSY"].contains(&ended.one("open:w:/proc/self/exe")),
        "{ended:#?}"
    );
    let after = fs::metadata(env!("CARGO_BIN_EXE_container-backend")).unwrap();
    assert_eq!(before.modified().unwrap(), after.modified().unwrap());
}

/// CVE-2019-5736, the way by which the runtime was made to execute itself inside.
#[test]
fn the_launcher_does_not_execute_itself_inside() {
    if !has_root_and_cgroups() {
        return;
    }
    let (root, _) = root_and_outside();
    // So that the launcher could run there if it were executed, whether or not it is linked statically.
    let binds = ["--bind", "/lib:/lib:ro", "--bind", "/lib64:/lib64:ro"];
    let binds = if Path::new("/lib64").exists() {
        &binds[..]
    } else {
        &binds[..2]
    };
    let link = root.path().join("link");
    symlink("/proc/self/exe", link).unwrap();
    let script = root.path().join("script");
    fs::write(&script, "#!/proc/self/exe --version\n").unwrap();
    fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).unwrap();
    for command in [
        &["/link", "--version"][..],
        &["/script"],
        &["/proc/self/exe", "--version"],
    ] {
        let ended = run_in(root.path(), binds, command).expect_code(125);
        assert!(ended.out.is_empty(), "{ended:#?}");
        assert!(ended.err.contains("executing the command"), "{ended:#?}");
    }
}

/// The same with a script that can be executed and not read: its first line is read by the kernel, all the same.
#[test]
fn a_script_that_nobody_may_read_does_not_execute_the_launcher_either() {
    if !has_root_and_cgroups() {
        return;
    }
    let (root, folder) = root_and_outside();
    for open in [root.path(), folder.path()] {
        fs::set_permissions(open, PermissionsExt::from_mode(0o755)).unwrap();
    }
    let program = folder.path().join("launcher");
    fs::copy(env!("CARGO_BIN_EXE_container-backend"), &program).unwrap();
    for library in ["lib", "lib64"] {
        fs::create_dir(root.path().join(library)).unwrap();
    }
    let script = root.path().join("script");
    fs::write(&script, "#!/proc/self/exe --version\n").unwrap();
    fs::set_permissions(&script, PermissionsExt::from_mode(0o711)).unwrap();
    // The folder is the user's, for /proc and the like; the script isn't.
    std::os::unix::fs::chown(root.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    let mut command = Command::new(&program);
    command.uid(NOBODY).gid(NOBODY);
    command.args(["run", "--bind", "/lib:/lib:ro"]);
    if Path::new("/lib64").exists() {
        command.args(["--bind", "/lib64:/lib64:ro"]);
    }
    command.arg("--rootfs").arg(root.path());
    let ended = Running::start(command.args(["--", "/script"])).wait();
    if ended.err.contains("user namespaces") {
        skip(
            "userns",
            "this host forbids user namespaces to ordinary users",
        );
        return;
    }
    let ended = ended.expect_code(125);
    assert!(ended.out.is_empty(), "{ended:#?}");
    assert!(ended.err.contains("executing the command"), "{ended:#?}");
}

/// CVE-2024-21626: a descriptor of the host's stays open, and the working folder is reached through it.
#[test]
fn no_descriptor_and_no_working_folder_of_the_host_remains() {
    if !has_root_and_cgroups() {
        return;
    }
    let (root, outside) = root_and_outside();
    let leaked: OwnedFd = fs::File::open(outside.path()).unwrap().into();
    rustix::io::fcntl_setfd(&leaked, rustix::io::FdFlags::empty()).unwrap();
    let path = format!("/proc/self/fd/{}/.", leaked.as_raw_fd());
    for options in [&[][..], &["--without", "init"]] {
        let mut command = launcher();
        command
            .current_dir(outside.path())
            .args(["run", "--rootfs"])
            .arg(root.path())
            .args(options);
        command.args([
            "--",
            "/walls",
            "fds",
            "cwd",
            &format!("chdir:{path}"),
            "ls:/proc/self/cwd",
        ]);
        let ended = Running::start(&mut command).wait().expect_code(0);
        assert_eq!(ended.of("fds"), ["0", "1", "2"]);
        assert_eq!(ended.one("cwd"), "/");
        assert_eq!(ended.one(&format!("chdir:{path}")), "!ENOENT");
        assert!(ended.of("ls:/proc/self/cwd").contains(&"walls"));
    }
}

/// The same without any leak of the caller's: what the launcher opens gets the numbers of closed standard streams.
#[test]
fn a_closed_standard_stream_is_not_replaced_by_a_file_of_the_hosts() {
    if !has_root_and_cgroups() {
        return;
    }
    let mut shell = Command::new("sh");
    shell.args(["-c", "exec \"$@\" <&- 2>&-", "sh"]);
    shell
        .arg(env!("CARGO_BIN_EXE_container-backend"))
        .args(["run", "--"])
        .arg(walls());
    shell.args([
        "fds",
        "readlink:/proc/self/fd/0",
        "readlink:/proc/self/fd/2",
    ]);
    let ended = Running::start(&mut shell).wait().expect_code(0);
    assert_eq!(ended.of("fds"), ["0", "1", "2"]);
    for action in ["readlink:/proc/self/fd/0", "readlink:/proc/self/fd/2"] {
        assert_eq!(ended.one(action), "/dev/null");
    }
}

/// CVE-2021-30465: a mount's place inside is a symbolic link to a folder of the host's.
#[test]
fn mounts_through_links_stay_inside() {
    if !has_root_and_cgroups() {
        return;
    }
    let (root, outside) = root_and_outside();
    let up = format!("../../../../../../../../..{}", outside.path().display());
    symlink(outside.path(), root.path().join("absolute")).unwrap();
    symlink(up, root.path().join("relative")).unwrap();
    let within = root.path().join(outside.path().strip_prefix("/").unwrap());
    fs::create_dir_all(within).unwrap();
    let source = tempfile::tempdir().unwrap();
    fs::write(source.path().join("file"), "bound\n").unwrap();
    for link in ["absolute", "relative"] {
        let bind = format!("{}:/{link}/deep/place", source.path().display());
        let cat = format!("cat:/{link}/deep/place/file");
        let ended = run_in(root.path(), &["--bind", &bind], &["/walls", &cat]).expect_code(0);
        assert_eq!(ended.one(&cat), "bound");
        assert_eq!(
            fs::read_dir(outside.path()).unwrap().count(),
            0,
            "something was made on the host"
        );
    }
}

/// The same for the file systems that the launcher mounts on its own.
#[test]
fn proc_sys_and_dev_are_not_mounted_through_links_to_the_host() {
    if !has_root_and_cgroups() {
        return;
    }
    for name in ["proc", "sys", "dev"] {
        let (root, outside) = root_and_outside();
        symlink(outside.path(), root.path().join(name)).unwrap();
        let ended = run_in(root.path(), &[], &["/walls", "ids"]);
        // Either it lands within the root or there is no container: here the link's target is missing there.
        assert_eq!(ended.code, Some(125), "{ended:#?}");
        assert_eq!(
            fs::read_dir(outside.path()).unwrap().count(),
            0,
            "something was made on the host"
        );
    }
}

/// CVE-2025-31133: the /dev/null that covers files is the container's own: a link to a file that then is shown writable.
/// CVE-2025-52565: the same with /dev/console and /dev/pts.
#[test]
fn what_covers_files_is_the_hosts_null_device() {
    if !has_root_and_cgroups() {
        return;
    }
    let (root, outside) = root_and_outside();
    fs::write(outside.path().join("secret"), "secret\n").unwrap();
    fs::create_dir(root.path().join("dev")).unwrap();
    for name in ["null", "console", "pts", "ptmx", "shm"] {
        symlink(
            "/proc/sys/kernel/core_pattern",
            root.path().join("dev").join(name),
        )
        .unwrap();
    }
    let actions = [
        "look:/proc/keys",
        "cat:/proc/keys",
        "look:/dev/null",
        "look:/dev/console",
        "look:/dev/pts/ptmx",
        "write:/dev/null:x",
        "open:w:/proc/sys/kernel/core_pattern",
    ];
    let before = fs::read("/proc/sys/kernel/core_pattern").unwrap();
    let command: Vec<&str> = ["/walls"].into_iter().chain(actions).collect();
    let ended = run_in(root.path(), &[], &command).expect_code(0);
    if Path::new("/proc/keys").exists() {
        assert!(
            ended.one("look:/proc/keys").starts_with("char 1:3 "),
            "{ended:#?}"
        );
        assert!(ended.of("cat:/proc/keys").is_empty());
    }
    assert!(
        ended.one("look:/dev/null").starts_with("char 1:3 "),
        "{ended:#?}"
    );
    assert_eq!(ended.one("look:/dev/console"), "!ENOENT");
    assert!(
        ended.one("look:/dev/pts/ptmx").starts_with("char 5:2 "),
        "{ended:#?}"
    );
    assert_eq!(ended.one("open:w:/proc/sys/kernel/core_pattern"), "!EROFS");
    assert_eq!(fs::read("/proc/sys/kernel/core_pattern").unwrap(), before);
}

/// CVE-2025-52881: what the runtime writes to /proc is redirected, by a /proc that isn't one, to a dangerous file.
#[test]
fn a_false_proc_is_neither_written_to_nor_used() {
    if !has_root_and_cgroups() {
        return;
    }
    let (root, _) = root_and_outside();
    let fake = root.path().join("proc/self");
    fs::create_dir_all(&fake).unwrap();
    fs::create_dir_all(root.path().join("proc/sys/kernel")).unwrap();
    for name in ["uid_map", "gid_map", "setgroups"] {
        symlink("../sys/kernel/false", fake.join(name)).unwrap();
    }
    fs::write(root.path().join("proc/sys/kernel/false"), "untouched").unwrap();
    for options in [&[][..], &["--userns"]] {
        let ended = run_in(
            root.path(),
            options,
            &["/walls", "look:/proc", "look:/proc/sys"],
        )
        .expect_code(0);
        assert_eq!(ended.one("look:/proc"), "folder 0:0 fs 9fa0");
        assert_eq!(ended.one("look:/proc/sys"), "folder 0:0 fs 9fa0");
        let text = fs::read_to_string(root.path().join("proc/sys/kernel/false")).unwrap();
        assert_eq!(text, "untouched");
    }
}

/// CVE-2022-0492: a new user namespace gives the power to mount a cgroup v1 tree and to set its release agent, a program
/// that the kernel starts on the host.
#[test]
fn the_release_agent_is_out_of_reach() {
    if !has_root_and_cgroups() {
        return;
    }
    let actions = [
        "calls",
        "mount:none:/tmp:cgroup:memory",
        "mount:none:/tmp:cgroup2:",
        "ls:/sys/fs/cgroup",
    ];
    let ended = run(&[], &actions).expect_code(0);
    for refused in ["unshare !EPERM", "clone-user !EPERM", "clone3 !ENOSYS"] {
        assert!(ended.of("calls").contains(&refused), "{ended:#?}");
    }
    // Without the filter it is the missing capability that stands in the way.
    let unfiltered = run(&["--without", "seccomp"], &actions).expect_code(0);
    for ended in [ended, unfiltered] {
        assert_eq!(ended.one("mount:none:/tmp:cgroup:memory"), "!EPERM");
        assert_eq!(ended.one("mount:none:/tmp:cgroup2:"), "!EPERM");
        assert!(ended.of("ls:/sys/fs/cgroup").is_empty(), "{ended:#?}");
    }
}

//! A bundle: the folder from which an OCI runtime makes a container.
//!
//! ```text
//! BUNDLE/config.json    what to make
//! BUNDLE/rootfs/        what becomes the root
//! ```
//!
//! Everything is derived from container-backend's `full_set`, which our container is made of. What differs:
//!
//! - Our root is an empty tmpfs; a bundle's root is a folder, here an empty one below the one for temporary files.
//! - Our container has an init as PID 1; here the workload is PID 1.
//!
//! Read next: container-backend's `full_set`, `filter.rs`, config.md and config-linux.md of the OCI runtime specification.

use std::fs;
use std::path::{Path, PathBuf};

use container_backend::full_set::{self, DeviceRule, FileSystem};
use oci_spec::OciSpecError;
use oci_spec::runtime::{
    Capabilities, Linux, LinuxBuilder, LinuxCapabilitiesBuilder, LinuxCpuBuilder,
    LinuxDeviceCgroup, LinuxDeviceCgroupBuilder, LinuxDeviceType, LinuxMemoryBuilder,
    LinuxNamespace, LinuxNamespaceBuilder, LinuxNamespaceType, LinuxPidsBuilder, LinuxResources,
    LinuxResourcesBuilder, Mount, MountBuilder, PosixRlimitBuilder, PosixRlimitType, Process,
    ProcessBuilder, RootBuilder, Spec, SpecBuilder, UserBuilder,
};

use super::filter;
use crate::backend::{DISK_INSIDE, Job};
use crate::binaries::Binaries;
use crate::failure::Failure;

/// The version of the specification that every runtime of the last years knows.
const SPECIFICATION: &str = "1.0.2";

type Result<T> = std::result::Result<T, OciSpecError>;

/// Writes the bundle of container `id` below `folder`, and returns its path.
pub(super) fn write(
    folder: &Path,
    id: &str,
    job: &Job,
    binaries: &Binaries,
) -> std::result::Result<PathBuf, Failure> {
    let bundle = folder.join("bundle");
    for inside in full_set::FOLDERS {
        fs::create_dir_all(bundle.join("rootfs").join(inside))?;
    }
    let written = configuration(id, job, &binaries.workload.path)
        .and_then(|configuration| configuration.save(bundle.join("config.json")));
    written.map_err(|error| Failure::Failed(format!("writing the bundle: {error}")))?;
    Ok(bundle)
}

fn configuration(id: &str, job: &Job, workload: &Path) -> Result<Spec> {
    SpecBuilder::default()
        .version(SPECIFICATION)
        .hostname(full_set::HOSTNAME)
        .root(
            RootBuilder::default()
                .path("rootfs")
                .readonly(false)
                .build()?,
        )
        .process(process(job, workload)?)
        .mounts(mounts(job, workload)?)
        .linux(linux(id, job)?)
        .build()
}

fn process(job: &Job, workload: &Path) -> Result<Process> {
    let kept: Capabilities = full_set::capability_names()
        .map(str::parse)
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| OciSpecError::Other(format!("a capability: {error}")))?;
    let capabilities = LinuxCapabilitiesBuilder::default()
        .bounding(kept.clone())
        .effective(kept.clone())
        .permitted(kept)
        .inheritable(Capabilities::new())
        .ambient(Capabilities::new());
    let files = PosixRlimitBuilder::default()
        .typ(PosixRlimitType::RlimitNofile)
        .hard(full_set::OPEN_FILES)
        .soft(full_set::OPEN_FILES);
    let program = std::iter::once(workload.display().to_string());
    let host_name = format!("HOSTNAME={}", full_set::HOSTNAME);
    let environment = full_set::ENVIRONMENT.map(str::to_owned).into_iter();
    ProcessBuilder::default()
        // The runtime's own standard streams go through.
        .terminal(false)
        .user(UserBuilder::default().uid(0u32).gid(0u32).build()?)
        .cwd("/")
        .args(
            program
                .chain(job.args_with_disk_at(DISK_INSIDE))
                .collect::<Vec<_>>(),
        )
        .env(environment.chain([host_name]).collect::<Vec<_>>())
        .capabilities(capabilities.build()?)
        .rlimits(vec![files.build()?])
        .no_new_privileges(true)
        .build()
}

fn mounts(job: &Job, workload: &Path) -> Result<Vec<Mount>> {
    let of_the_kernel = [
        ("/proc".to_owned(), full_set::PROC),
        ("/sys".to_owned(), full_set::SYS),
        ("/dev".to_owned(), full_set::DEV),
    ];
    let in_dev = full_set::IN_DEV.map(|(folder, mounted)| (format!("/dev/{folder}"), mounted));
    let mut mounts = of_the_kernel
        .into_iter()
        .chain(in_dev)
        .map(|(place, mounted)| file_system(&place, &mounted))
        .collect::<Result<Vec<_>>>()?;
    mounts.push(bind(workload, workload, "ro")?);
    if let Some(disk) = &job.disk {
        mounts.push(bind(&disk.file, Path::new(DISK_INSIDE), "rw")?);
    }
    Ok(mounts)
}

fn file_system(place: &str, mounted: &FileSystem) -> Result<Mount> {
    MountBuilder::default()
        .destination(place)
        .typ(mounted.name)
        .source(mounted.name)
        .options(mounted.words())
        .build()
}

fn bind(source: &Path, place: &Path, access: &str) -> Result<Mount> {
    MountBuilder::default()
        .destination(place)
        .typ("bind")
        .source(source)
        .options(
            ["bind", "nosuid", "nodev", access]
                .map(str::to_owned)
                .to_vec(),
        )
        .build()
}

fn linux(id: &str, job: &Job) -> Result<Linux> {
    LinuxBuilder::default()
        .namespaces(namespaces()?)
        // From the root of each tree, where every runtime understands the same by it.
        .cgroups_path(Path::new("/").join(id))
        .resources(resources(job)?)
        .seccomp(filter::of_the_policy()?)
        .masked_paths(full_set::MASKED.map(str::to_owned).to_vec())
        .readonly_paths(full_set::READ_ONLY.map(str::to_owned).to_vec())
        .build()
}

fn namespaces() -> Result<Vec<LinuxNamespace>> {
    let namespace = |(_, flag)| {
        let kinds = [
            LinuxNamespaceType::Pid,
            LinuxNamespaceType::Mount,
            LinuxNamespaceType::Network,
            LinuxNamespaceType::Ipc,
            LinuxNamespaceType::Uts,
            LinuxNamespaceType::Cgroup,
        ];
        // Their values are the kernel's flags.
        let kind = kinds.into_iter().find(|kind| *kind as i32 == flag);
        let kind = kind.ok_or_else(|| OciSpecError::Other(format!("no namespace {flag:#x}")))?;
        LinuxNamespaceBuilder::default().typ(kind).build()
    };
    full_set::NAMESPACES.into_iter().map(namespace).collect()
}

fn resources(job: &Job) -> Result<LinuxResources> {
    let limits = full_set::LIMITS;
    let memory_bytes = job
        .memory_bytes
        .unwrap_or(limits.memory_bytes)
        .cast_signed();
    let period_us = full_set::CPU_PERIOD_US;
    let quota_us = (limits.cpus * f64::from(period_us)) as i64;
    let everything = LinuxDeviceCgroupBuilder::default()
        .allow(false)
        .access("rwm")
        .build()?;
    let allowed = full_set::DEVICE_RULES.iter().map(device_rule);
    let rules = std::iter::once(Ok(everything)).chain(allowed);
    LinuxResourcesBuilder::default()
        .devices(rules.collect::<Result<Vec<_>>>()?)
        .memory(
            LinuxMemoryBuilder::default()
                .limit(memory_bytes)
                // Memory and swap together: without it the limit would only push the container into swap.
                .swap(memory_bytes)
                .build()?,
        )
        .cpu(
            LinuxCpuBuilder::default()
                .quota(quota_us)
                .period(u64::from(period_us))
                .build()?,
        )
        .pids(
            LinuxPidsBuilder::default()
                .limit(limits.pids.cast_signed())
                .build()?,
        )
        .build()
}

fn device_rule(rule: &DeviceRule) -> Result<LinuxDeviceCgroup> {
    let kind = match rule.kind {
        'b' => LinuxDeviceType::B,
        _ => LinuxDeviceType::C,
    };
    let mut builder = LinuxDeviceCgroupBuilder::default()
        .allow(true)
        .typ(kind)
        .access(rule.access);
    if let Some(major) = rule.major {
        builder = builder.major(i64::from(major));
    }
    if let Some(minor) = rule.minor {
        builder = builder.minor(i64::from(minor));
    }
    builder.build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{DISK_PATH, Disk};
    use serde_json::{Value, json};
    use std::time::Duration;

    fn written() -> Value {
        let job = Job {
            args: ["io", DISK_PATH].map(str::to_owned).to_vec(),
            memory_bytes: Some(1 << 25),
            disk: Some(Disk {
                file: "/host/disk".into(),
                direct: false,
            }),
            timeout: Duration::from_secs(1),
            launcher_args: Vec::new(),
        };
        let configuration = configuration("isolab-1-2", &job, Path::new("/cache/workload"));
        serde_json::to_value(configuration.unwrap()).unwrap()
    }

    #[test]
    fn the_job_is_in_the_bundle() {
        let bundle = written();
        let arguments = json!(["/cache/workload", "io", "/data/disk"]);
        assert_eq!(bundle["process"]["args"], arguments);
        let limits = &bundle["linux"]["resources"]["memory"];
        assert_eq!(
            (&limits["limit"], &limits["swap"]),
            (&json!(1 << 25), &json!(1 << 25))
        );
        assert_eq!(bundle["linux"]["cgroupsPath"], "/isolab-1-2");
        let mounts = bundle["mounts"].as_array().unwrap();
        let disk = mounts
            .iter()
            .find(|mount| mount["destination"] == "/data/disk");
        assert_eq!(disk.unwrap()["source"], "/host/disk");
    }

    #[test]
    fn the_whole_full_set_is_in_the_bundle() {
        let bundle = written();
        let count = |list: &Value| list.as_array().map_or(0, Vec::len);
        let (linux, process) = (&bundle["linux"], &bundle["process"]);
        assert_eq!(count(&linux["namespaces"]), full_set::NAMESPACES.len());
        assert_eq!(linux["maskedPaths"], json!(full_set::MASKED));
        assert_eq!(linux["readonlyPaths"], json!(full_set::READ_ONLY));
        let rules = full_set::DEVICE_RULES.len() + 1;
        assert_eq!(count(&linux["resources"]["devices"]), rules);
        for set in ["bounding", "effective", "permitted"] {
            let kept = count(&process["capabilities"][set]);
            assert_eq!(kept, full_set::capability_names().count(), "{set}");
        }
        assert_eq!(count(&process["capabilities"]["ambient"]), 0);
        assert_eq!(process["noNewPrivileges"], true);
        assert_eq!(process["terminal"], false);
        // The file systems, the workload and the disk.
        assert_eq!(count(&bundle["mounts"]), 3 + full_set::IN_DEV.len() + 2);
    }
}

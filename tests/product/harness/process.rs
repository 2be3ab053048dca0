//! What the operating system knows of a running server (Linux's `/proc`).

use std::fs;

/// How many sockets the process holds.
pub(crate) fn sockets_of(pid: u32) -> usize {
    let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let targets = descriptors.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
}

/// The process's resident memory.
pub(crate) fn resident_kilobytes(pid: u32) -> u64 {
    kilobytes(pid, "VmRSS:")
}

fn kilobytes(pid: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// The most memory that was resident so far.
pub(crate) fn peak_kilobytes(pid: u32) -> u64 {
    kilobytes(pid, "VmHWM:")
}

/// How much processor time the process has had, in seconds.
pub(crate) fn cpu_seconds(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, after) = stat.rsplit_once(") ").unwrap();
    // Fields 14 and 15 of all, in ticks of a hundredth of a second.
    let ticks: u32 = after.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u32>().unwrap()).sum();
    f64::from(ticks) / 100.0
}

/// Whether the end of a connection that has `local` as its port is established towards `remote`.
pub(crate) fn is_connected(local: u16, remote: u16) -> bool {
    unread(local, remote).is_some()
}

/// Whether everything that has come over such a connection was taken from it.
pub(crate) fn is_read(local: u16, remote: u16) -> bool {
    unread(local, remote) == Some(0)
}

/// How many bytes wait to be taken from such a connection, if there is one.
fn unread(local: u16, remote: u16) -> Option<u64> {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let (local, remote) = (format!(":{local:04X}"), format!(":{remote:04X}"));
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().take(5).collect();
        let found = fields[1].ends_with(&local) && fields[2].ends_with(&remote) && fields[3] == "01";
        let (_, waiting) = fields[4].split_once(':').filter(|_| found)?;
        u64::from_str_radix(waiting, 16).ok()
    })
}

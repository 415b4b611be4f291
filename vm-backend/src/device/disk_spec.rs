//! What was typed for a disk: `FILE[:ro][:direct]`.

use std::path::PathBuf;
use std::str::FromStr;

/// Which host file the guest gets as its disk, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskSpec {
    /// The file, or a block device.
    pub path: PathBuf,
    /// The guest can't write.
    pub read_only: bool,
    /// Transfers bypass the host's page cache (O_DIRECT).
    pub direct: bool,
}

/// Nothing is left before the options.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a disk is FILE[:ro][:direct], and FILE is missing")]
pub struct MissingFile;

impl FromStr for DiskSpec {
    type Err = MissingFile;

    /// Options are taken from the end, so the name of the file may contain colons.
    fn from_str(typed: &str) -> Result<Self, MissingFile> {
        let (mut path, mut read_only, mut direct) = (typed, false, false);
        loop {
            if let Some(rest) = path.strip_suffix(":ro") {
                (path, read_only) = (rest, true);
            } else if let Some(rest) = path.strip_suffix(":direct") {
                (path, direct) = (rest, true);
            } else {
                break;
            }
        }
        if path.is_empty() {
            return Err(MissingFile);
        }
        Ok(Self {
            path: path.into(),
            read_only,
            direct,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(typed: &str) -> Result<(String, bool, bool), MissingFile> {
        let spec: DiskSpec = typed.parse()?;
        Ok((spec.path.display().to_string(), spec.read_only, spec.direct))
    }

    #[test]
    fn options_follow_the_file_in_any_order() {
        assert_eq!(parse("d.img"), Ok(("d.img".into(), false, false)));
        assert_eq!(parse("d.img:ro"), Ok(("d.img".into(), true, false)));
        assert_eq!(parse("d.img:direct"), Ok(("d.img".into(), false, true)));
        assert_eq!(parse("/a/d:ro:direct"), Ok(("/a/d".into(), true, true)));
        assert_eq!(parse("/a/d:direct:ro"), Ok(("/a/d".into(), true, true)));
    }

    #[test]
    fn a_name_may_contain_colons_but_not_be_empty() {
        assert_eq!(parse("a:b:ro"), Ok(("a:b".into(), true, false)));
        assert_eq!(parse("a:rw"), Ok(("a:rw".into(), false, false)));
        for typed in ["", ":ro", ":direct:ro"] {
            assert_eq!(parse(typed), Err(MissingFile));
        }
    }
}

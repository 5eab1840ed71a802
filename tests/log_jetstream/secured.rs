//! Connections nobody listens to, between two that know one another.

use std::{fs, path::PathBuf};

use nkeys::KeyPair;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa};
use tempfile::TempDir;
use traccia_domain::Position;
use traccia_log::{
    JetStreamLog, Log as _,
    contract::{begin, point},
    jetstream::{self, Credentials, OpenError, Options, Tls},
};
use traccia_tests::servers::{
    had,
    nats::{Node, Settings},
};

use super::options;

fn written(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let file = folder.path().join(name);
    fs::write(&file, text).unwrap();
    file
}

/// Who vouches for others.
fn authority() -> CertifiedIssuer<'static, rcgen::KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, rcgen::KeyPair::generate().unwrap()).unwrap()
}

/// A certificate and its key, as files.
fn identity(folder: &TempDir, name: &str, by: &CertifiedIssuer<'_, rcgen::KeyPair>) -> (PathBuf, PathBuf) {
    let key = rcgen::KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, by).unwrap();
    (
        written(folder, &format!("{name}.pem"), &certificate.pem()),
        written(folder, &format!("{name}.key"), &key.serialize_pem()),
    )
}

#[tokio::test]
async fn a_connection_that_others_can_read_is_said_to_be_unsafe() {
    let Some(node) = had("warnings", Node::start(&Settings::default())) else { return };
    let known = options([node.url()]);
    let log = jetstream::create(&known, 1).await.unwrap();
    begin(&log, &point(1), "flood").await;
    let says = async |url: String| {
        let warnings = JetStreamLog::open(&Options { urls: vec![url], ..known.clone() }).await.unwrap().warnings();
        warnings.iter().any(|warning| warning.contains("can read the log"))
    };
    assert!(!says(node.url()).await);
    // An address that is not one of the loopback, and leads there.
    assert!(says(node.url().replace("127.0.0.1", "0.0.0.0")).await);
}

#[tokio::test]
async fn a_log_is_reached_by_certificates_and_a_key_and_by_nothing_less() {
    let folder = TempDir::new().unwrap();
    let (ours, theirs) = (authority(), authority());
    let trusted = written(&folder, "authority.pem", &ours.pem());
    let (certificate, key) = identity(&folder, "server", &ours);
    let user = KeyPair::new_user();
    let settings = Settings {
        more: format!(
            "tls {{ cert_file: {certificate:?}, key_file: {key:?}, ca_file: {trusted:?}, verify: true }}\n\
             authorization {{ users: [ {{ nkey: {} }} ] }}",
            user.public_key()
        ),
        ..Settings::default()
    };
    let Some(node) = had("certificates", Node::start(&settings)) else { return };
    let known = Options {
        tls: Tls { required: true, authority: Some(trusted), identity: Some(identity(&folder, "application", &ours)) },
        credentials: Credentials::Key(written(&folder, "seed", &user.seed().unwrap())),
        ..options([node.url()])
    };
    let log = jetstream::create(&known, 1).await.unwrap();
    let first = begin(&log, &point(1), "flood").await;
    assert_eq!(log.load(&point(1), Position::START).await.unwrap(), [first]);

    let by_address = Options { urls: vec![node.url().replace("nats://", "tls://")], ..known.clone() };
    JetStreamLog::open(&by_address).await.unwrap();

    let without = Options { tls: Tls { identity: None, ..known.tls.clone() }, ..known.clone() };
    let other = written(&folder, "other.pem", &theirs.pem());
    let deceived = Options { tls: Tls { authority: Some(other), ..known.tls.clone() }, ..known.clone() };
    for (what, options) in [("without a certificate", without), ("with another authority", deceived)] {
        let refused = JetStreamLog::open(&options).await.unwrap_err();
        assert!(matches!(refused, OpenError::Untrusted { .. }), "{what}: {refused:?}");
    }
    let stranger = written(&folder, "stranger", &KeyPair::new_user().seed().unwrap());
    let refused = JetStreamLog::open(&Options { credentials: Credentials::Key(stranger), ..known.clone() }).await;
    assert!(matches!(refused, Err(OpenError::Stranger { .. })), "{refused:?}");
    let missing = Tls { authority: Some(folder.path().join("none.pem")), ..known.tls.clone() };
    let refused = JetStreamLog::open(&Options { tls: missing, ..known }).await.unwrap_err().to_string();
    assert!(refused.contains("none.pem cannot be read"), "{refused}");
}

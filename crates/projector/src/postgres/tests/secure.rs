use traccia_tests::servers::postgres::Server;

use crate::{PgOptions, Tables};

#[tokio::test]
async fn a_server_is_trusted_by_its_certificate_and_asks_for_the_password() {
    let Some(server) = Server::start() else { return };
    let address = server.database();
    let authority = server.secure("s3cret");
    let folder = tempfile::tempdir().unwrap();
    let [right, wrong] = ["s3cret\n", "wrong\n"].map(|password| {
        let file = folder.path().join(password.trim());
        std::fs::write(&file, password).unwrap();
        file
    });
    let options = || address.parse::<PgOptions>().unwrap().password_file(&right).unwrap();

    let tables = Tables::open_postgres(options().root_certificate(&authority));
    assert!(tables.checkpoint().await.unwrap().is_none());

    // An address that is not one of the loopback, and leads there: encrypted, with whom is not asked.
    let elsewhere = address.replace("127.0.0.1", "0.0.0.0");
    for (address, found) in [(&address, None), (&elsewhere, Some("sslmode"))] {
        let options = format!("{address}?sslmode=require").parse::<PgOptions>().unwrap().password_file(&right).unwrap();
        let settings = Tables::open_postgres(options).unsafe_settings().await.unwrap();
        assert_eq!(settings.first().map(|setting| setting.name), found, "{address}: {settings:?}");
    }

    let unencrypted = format!("{address}?sslmode=disable").parse::<PgOptions>().unwrap();
    let stranger = authority.with_file_name("server.pem");
    for (options, says) in [
        (options().password_file(&wrong).unwrap().root_certificate(&authority), "refuses the user or the password"),
        (unencrypted.password_file(&right).unwrap(), "pg_hba.conf"),
        (options().root_certificate(&stranger), "no trusted connection"),
    ] {
        let error = Tables::open_postgres(options).unsafe_settings().await.unwrap_err();
        let error = std::error::Error::source(&error).unwrap().to_string();
        assert!(error.contains(says), "{error}");
    }
}

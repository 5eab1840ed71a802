//! The server as production has it: certificates and passwords.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt as _, chown},
    path::PathBuf,
    process::Command,
};

use super::{Server, run};

/// Makes an authority and a server's certificate that it vouches for, with the tool that the server's package brings.
const CERTIFY: &str = "
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=authority \\
        -keyout authority.key -out authority.pem &&
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=server -keyout server.key -out request.pem &&
    echo subjectAltName=IP:127.0.0.1 > names &&
    openssl x509 -req -in request.pem -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -extfile names \\
        -out server.pem
";

/// Who is let in over the network: whoever speaks TLS and knows their password.
const LET_IN: &str = "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n";

impl Server {
    /// From now on it lets in only who speaks TLS and knows the password. Returns the certificate of the authority that
    /// vouches for it.
    ///
    /// # Panics
    /// When it cannot be set up so.
    pub fn secure(&self, password: &str) -> PathBuf {
        run(Command::new("sh").args(["-c", CERTIFY]).current_dir(&self.folder)).expect("openssl makes certificates");
        let own = |name: &str| -> io::Result<PathBuf> {
            let (file, owner) = (self.folder.join(name), fs::metadata(self.folder.join("data"))?);
            chown(&file, Some(owner.uid()), Some(owner.gid()))?;
            Ok(file)
        };
        let files = ["server.pem", "server.key"].map(|name| own(name).expect("the file was made"));
        self.psql("postgres", &format!("alter role traccia password '{password}'"));
        self.psql("postgres", &format!("alter system set ssl_cert_file = '{}'", files[0].display()));
        self.psql("postgres", &format!("alter system set ssl_key_file = '{}'", files[1].display()));
        self.psql("postgres", "alter system set ssl = on");
        fs::write(self.folder.join("data/pg_hba.conf"), LET_IN).expect("the file is there");
        self.stop();
        self.start_again();
        self.folder.join("authority.pem")
    }
}

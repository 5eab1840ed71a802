//! Proving who we are, and that the server is who it says.

use std::{
    io,
    path::{Path, PathBuf},
};

use async_nats::ConnectOptions;

use super::{
    options::{Credentials, Tls},
    refusal::OpenError,
};

/// Reads what proves who we are.
pub(super) async fn prove(credentials: &Credentials) -> Result<ConnectOptions, OpenError> {
    Ok(match credentials {
        Credentials::None => ConnectOptions::new(),
        Credentials::File(file) => {
            let unusable = |cause| OpenError::File { file: file.clone(), cause };
            ConnectOptions::with_credentials_file(file).await.map_err(unusable)?
        }
        Credentials::User { name, password } => ConnectOptions::with_user_and_password(name.clone(), secret(password)?),
        Credentials::Key(seed) => ConnectOptions::with_nkey(secret(seed)?),
    })
}

/// Reads what proves who the server is.
pub(super) fn secure(settings: ConnectOptions, tls: &Tls) -> Result<ConnectOptions, OpenError> {
    let mut settings = settings.require_tls(tls.required);
    if let Some(authority) = &tls.authority {
        settings = settings.add_root_certificates(readable(authority)?);
    }
    if let Some((certificate, key)) = &tls.identity {
        settings = settings.add_client_certificate(readable(certificate)?, readable(key)?);
    }
    Ok(settings)
}

/// What a file holds, without the line end an editor leaves.
fn secret(file: &Path) -> Result<String, OpenError> {
    let unusable = |cause| OpenError::File { file: file.to_owned(), cause };
    let text = std::fs::read_to_string(file).map_err(unusable)?;
    let text = text.trim();
    if text.is_empty() {
        return Err(unusable(io::Error::new(io::ErrorKind::InvalidData, "it is empty")));
    }
    Ok(text.to_owned())
}

/// A file the client reads by itself, later: better to say now that it is not there.
fn readable(file: &Path) -> Result<PathBuf, OpenError> {
    std::fs::File::open(file).map_err(|cause| OpenError::File { file: file.to_owned(), cause })?;
    Ok(file.to_owned())
}

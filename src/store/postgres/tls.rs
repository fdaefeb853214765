//! TLS to the server: its certificate and its name are always checked.

use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::store::StoreError;

/// What opens connections with TLS, by the authorities of a file or those of the system.
///
/// # Errors
/// [`StoreError::Open`] when the file or the system holds no certificates.
pub fn connector(authorities: Option<&Path>) -> Result<MakeRustlsConnect, StoreError> {
    let wrong = |why: String| StoreError::Backend(format!("TLS to the database: {why}"));
    let mut roots = RootCertStore::empty();
    match authorities {
        Some(file) => {
            let named = |why: &dyn std::fmt::Display| wrong(format!("{}: {why}", file.display()));
            for certificate in CertificateDer::pem_file_iter(file).map_err(|error| named(&error))? {
                let certificate = certificate.map_err(|error| named(&error))?;
                roots.add(certificate).map_err(|error| named(&error))?;
            }
        }
        None => drop(roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs)),
    }
    if roots.is_empty() {
        return Err(wrong("no authority is known; name a file with sslrootcert".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

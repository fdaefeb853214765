//! TLS of this server itself: certificate and key from files, read again when they change.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use arc_swap::ArcSwap;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

/// How often the files are looked at.
const LOOKED_AT: Duration = Duration::from_secs(2);

/// A certificate with its key.
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    config: ArcSwap<ServerConfig>,
}

impl Tls {
    /// Reads certificate (with those between it and the root) and key, both PEM.
    ///
    /// # Errors
    /// A file can't be read, holds no PEM, or the key is not the certificate's; the text names the file.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, String> {
        let config = ArcSwap::new(config(certificate, key)?);
        Ok(Self { certificate: certificate.to_owned(), key: key.to_owned(), config })
    }

    /// As the files were when they were last looked at.
    pub fn acceptor(&self) -> TlsAcceptor {
        self.config.load_full().into()
    }

    /// Takes the files anew each time they change; what can't be read is told, and the old stays.
    pub async fn follow(&self) {
        let mut seen = self.changed();
        loop {
            tokio::time::sleep(LOOKED_AT).await;
            let now = self.changed();
            if now == seen {
                continue;
            }
            match config(&self.certificate, &self.key) {
                Ok(config) => {
                    self.config.store(config);
                    tracing::warn!(certificate = %self.certificate.display(), "a new certificate is in use");
                    seen = now;
                }
                // The second of the two files may be still to come: it is tried again.
                Err(error) => tracing::warn!(%error, "the old certificate stays in use"),
            }
        }
    }

    fn changed(&self) -> [Option<SystemTime>; 2] {
        [&self.certificate, &self.key].map(|path| path.metadata().and_then(|meta| meta.modified()).ok())
    }
}

fn config(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, String> {
    let fault = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let chain: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(certificate).map_err(|e| fault(certificate, &e))?.collect();
    let chain = chain.map_err(|e| fault(certificate, &e))?;
    if chain.is_empty() {
        return Err(fault(certificate, &"holds no certificate in PEM"));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|e| fault(key, &e))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|e| fault(certificate, &format!("does not go with {}: {e}", key.display())))?;
    Ok(Arc::new(config))
}

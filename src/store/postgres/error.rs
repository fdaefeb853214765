//! The engine's errors in this program's words.

use std::error::Error as _;

use tokio_postgres::error::SqlState;

use crate::store::StoreError;

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(reported) = error.as_db_error() else {
            let lost = error.is_closed() || error.source().is_some_and(is_of_the_way);
            return if lost { Self::Gone(words(&error)) } else { Self::Backend(words(&error)) };
        };
        let code = reported.code();
        let why = reported.message().to_owned();
        if [
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::T_R_SERIALIZATION_FAILURE,
        ]
        .contains(code)
        {
            return Self::Busy;
        }
        // A server that was put in second place, stops, starts or has no place left.
        if code.code().starts_with("08")
            || [
                SqlState::READ_ONLY_SQL_TRANSACTION,
                SqlState::ADMIN_SHUTDOWN,
                SqlState::CRASH_SHUTDOWN,
                SqlState::CANNOT_CONNECT_NOW,
                SqlState::TOO_MANY_CONNECTIONS,
                SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
            ]
            .contains(code)
        {
            return Self::Gone(why);
        }
        if [SqlState::DISK_FULL, SqlState::OUT_OF_MEMORY, SqlState::IO_ERROR].contains(code) {
            return Self::Full(why);
        }
        Self::Backend(why)
    }
}

/// Whether what failed is the way to the server.
fn is_of_the_way(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<std::io::Error>() || error.source().is_some_and(is_of_the_way)
}

/// The error with its reasons. Addresses and passwords are not among them.
pub fn words(error: &(dyn std::error::Error + 'static)) -> String {
    if let Some(why) = certificate(error) {
        return why;
    }
    let mut words = error.to_string();
    let mut reason = error.source();
    while let Some(one) = reason {
        let why = one.to_string();
        if !words.contains(&why) {
            words = format!("{words}: {why}");
        }
        reason = one.source();
    }
    words
}

/// What is wrong with a server's certificate, and what to do.
fn certificate(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    use rustls::{CertificateError as Fault, Error::InvalidCertificate};
    let of = |error: &(dyn std::error::Error + 'static)| match error.downcast_ref() {
        Some(InvalidCertificate(fault)) => Some(fault.clone()),
        _ => None,
    };
    // The library's error lies in one of the system's.
    let inside = error.downcast_ref::<std::io::Error>().and_then(|error| error.get_ref());
    let fault = of(error).or_else(|| of(inside?));
    let Some(fault) = fault else { return error.source().and_then(certificate) };
    Some(match fault {
        Fault::NotValidForName | Fault::NotValidForNameContext { .. } => {
            "the certificate is of another name than the address has: write the name that it is of".to_owned()
        }
        Fault::UnknownIssuer => {
            "the certificate is of an authority that is not known here: name its file with sslrootcert"
                .to_owned()
        }
        fault => format!("the certificate is not valid: {fault}"),
    })
}

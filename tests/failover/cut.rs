//! A cable that can be cut: between a server and its database, where nobody hears that the other one is gone.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::net::UnixStream,
    path::PathBuf,
    sync::{Arc, Condvar, Mutex},
};

/// Passes bytes on as long as it is whole; cut, it keeps all connections and passes nothing.
pub struct Cable {
    port: u16,
    whole: Arc<(Mutex<bool>, Condvar)>,
}

fn pass(mut from: impl Read, mut to: impl Write, whole: &(Mutex<bool>, Condvar)) {
    let mut bytes = [0; 1 << 14];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        let is_whole = whole.0.lock().unwrap();
        drop(whole.1.wait_while(is_whole, |is_whole| !*is_whole).unwrap());
        if to.write_all(&bytes[..length]).is_err() {
            return;
        }
    }
}

impl Cable {
    /// A cable from a free port to a socket.
    pub fn to(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let whole = Arc::new((Mutex::new(true), Condvar::new()));
        let state = Arc::clone(&whole);
        std::thread::spawn(move || {
            for near in listener.incoming() {
                let (near, state) = (near.unwrap(), Arc::clone(&state));
                let Ok(far) = UnixStream::connect(&socket) else { continue };
                join(&near, &far, &state);
            }
        });
        Self { port, whole }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on nothing passes.
    pub fn cut(&self) {
        *self.whole.0.lock().unwrap() = false;
    }

    /// What waits passes now.
    pub fn mend(&self) {
        *self.whole.0.lock().unwrap() = true;
        self.whole.1.notify_all();
    }
}

fn join(near: &TcpStream, far: &UnixStream, whole: &Arc<(Mutex<bool>, Condvar)>) {
    let ends = (near.try_clone().unwrap(), far.try_clone().unwrap());
    let state = Arc::clone(whole);
    std::thread::spawn(move || {
        pass(&ends.0, &ends.1, &state);
        let _ = ends.1.shutdown(std::net::Shutdown::Both);
    });
    let ends = (near.try_clone().unwrap(), far.try_clone().unwrap());
    let state = Arc::clone(whole);
    std::thread::spawn(move || {
        pass(&ends.1, &ends.0, &state);
        let _ = ends.0.shutdown(std::net::Shutdown::Both);
    });
}

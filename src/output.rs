//! Writing for people: standard output and standard error, colours, a closed pipe.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use crate::cli::Color;
use crate::error::Error;

/// Whether standard output may be coloured.
pub(crate) fn colour(choice: Color) -> bool {
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            io::stdout().is_terminal()
                && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    }
}

/// Writes to standard output; a reader that went away (`| head`) is no failure, a full disk is.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::file("standard output", &error))
        }
        _ => Ok(()),
    }
}

/// Writes a note to standard error.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Makes the folder a file is to be in.
pub(crate) fn make_folder_of(path: &Path) -> Result<(), Error> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => std::fs::create_dir_all(folder).map_err(|e| Error::file(folder, &e)),
        None => Ok(()),
    }
}

/// Writes a file that is whole or not there; missing folders are made. A link is followed, and a
/// device or pipe is written to, never replaced.
pub(crate) fn write_file(path: &Path, text: &str) -> Result<(), Error> {
    let failed = |error: io::Error| Error::file(path, &error);
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if std::fs::metadata(&target).is_ok_and(|metadata| !metadata.is_file()) {
        let mut device = std::fs::OpenOptions::new().write(true).open(&target).map_err(failed)?;
        return device.write_all(text.as_bytes()).map_err(failed);
    }
    make_folder_of(&target)?;
    let mut partial = target.as_os_str().to_owned();
    partial.push(format!(".{}.partial", std::process::id()));
    let written = std::fs::write(&partial, text).and_then(|()| std::fs::rename(&partial, &target));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&partial);
        failed(error)
    })
}

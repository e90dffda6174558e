//! Reads JSON files, as people save them.

use std::{
    fs, io,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use flate2::read::MultiGzDecoder;
use serde_json::Value;

use super::{SourceError, record::Remarks};

/// A JSON document: a file, or an answer of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The file, or the path of the address: `shows/216/cast.json`. Parsers take hints from it where an answer does not
    /// say what it is about.
    pub name: String,
    /// Its content.
    pub value: Value,
}

/// The first bytes of a file that is compressed by gzip.
const GZIP: &[u8] = b"\x1F\x8B";

/// Largest file that is read, in bytes, after decompression.
const LARGEST: u64 = 512 << 20;

/// Reads a file, or all files of a folder and its folders whose names end with `.json` or `.json.gz`. What is not JSON
/// becomes a remark.
pub fn documents(path: &Path) -> Result<(Vec<Document>, Remarks), SourceError> {
    let mut files = Vec::new();
    if path.is_dir() {
        collect(path, &mut files)?;
        files.sort();
    } else {
        files.push(path.to_owned());
    }
    if files.is_empty() {
        return Err(SourceError::NoFiles { folder: path.display().to_string(), wanted: "JSON files".to_owned() });
    }
    let mut remarks = Remarks::default();
    let mut documents = Vec::new();
    for file in files {
        let name = file.display().to_string();
        let bytes = content(&file).map_err(|error| SourceError::File { file: name.clone(), error });
        match bytes {
            Ok((bytes, complete)) => {
                if !complete {
                    remarks.skip(&name, "", "the compressed file ends early, or is damaged; download it again");
                }
                documents.extend(document(name, &bytes, &mut remarks));
            }
            Err(error) if path.is_dir() => remarks.skip(&name, "", error),
            Err(error) => return Err(error),
        }
    }
    Ok((documents, remarks))
}

/// Reads one document. Bytes that are not UTF-8 are replaced, with a remark; a byte order mark is ignored.
pub fn document(name: String, bytes: &[u8], remarks: &mut Remarks) -> Option<Document> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    if matches!(text, std::borrow::Cow::Owned(_)) {
        let line = bytes.utf8_chunks().next().map_or(1, |chunk| chunk.valid().lines().count().max(1));
        remarks.skip(&name, line, "the file is not UTF-8; invalid characters were replaced");
    }
    match serde_json::from_str(&text) {
        Ok(value) => Some(Document { name, value }),
        Err(error) => {
            let place = format!("{}:{}", error.line(), error.column());
            remarks.skip(&name, place, format_args!("skipped: the file is not valid JSON ({})", reason(&error)));
            None
        }
    }
}

/// What is wrong with JSON, without the place.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line").next().unwrap_or(&text).to_owned()
}

/// The bytes of a file, decompressed if its name or its beginning says so, and whether they are complete.
fn content(file: &Path) -> io::Result<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    fs::File::open(file)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    let mut complete = true;
    if bytes.starts_with(GZIP) {
        let mut plain = Vec::new();
        complete = MultiGzDecoder::new(bytes.as_slice()).take(LARGEST + 1).read_to_end(&mut plain).is_ok();
        bytes = plain;
    }
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {} MiB", LARGEST >> 20)));
    }
    Ok((bytes, complete))
}

/// What is in a file, decompressed if it is compressed by gzip.
pub(super) fn decompressed<R: Read + 'static>(mut raw: BufReader<R>) -> Box<dyn BufRead> {
    if raw.fill_buf().is_ok_and(|start| start.starts_with(GZIP)) {
        return Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(raw)));
    }
    Box::new(raw)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), SourceError> {
    let failed = |error| SourceError::File { file: folder.display().to_string(), error };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if name.starts_with('.') {
            continue;
        }
        // A link to a folder could lead back here.
        if path.is_dir() && !path.is_symlink() {
            collect(&path, files)?;
        } else if [".json", ".json.gz"].iter().any(|end| name.ends_with(end)) {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_editors_leave_in_files() {
        let mut remarks = Remarks::default();
        let mut read = |bytes: &[u8]| document("a.json".to_owned(), bytes, &mut remarks).map(|read| read.value);
        assert_eq!(read(b"\xEF\xBB\xBF{\r\n\"a\": 1}\r\n"), Some(serde_json::json!({"a": 1})));
        assert_eq!(read(b"[\n\"caf\xE9\"]"), Some(serde_json::json!(["caf\u{FFFD}"])));
        assert_eq!(read(b"{\"a\": "), None);
        assert_eq!(
            remarks.lines(),
            [
                "a.json:2: the file is not UTF-8; invalid characters were replaced",
                "a.json:1:6: skipped: the file is not valid JSON (EOF while parsing a value)",
            ]
        );
    }
}

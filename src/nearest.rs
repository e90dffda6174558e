use strsim::damerau_levenshtein;

/// The name that is most like `text`, with how many letters must change; of equally near ones the first in the alphabet.
pub(crate) fn nearest<'n>(text: &str, names: impl IntoIterator<Item = &'n str>) -> Option<(usize, &'n str)> {
    names.into_iter().map(|name| (damerau_levenshtein(text, name), name)).min()
}

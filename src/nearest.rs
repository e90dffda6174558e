use strsim::damerau_levenshtein;

/// The name with the smallest edit distance to `text`, and the distance. Ties go to the alphabetically first name.
pub(crate) fn nearest<'n>(text: &str, names: impl IntoIterator<Item = &'n str>) -> Option<(usize, &'n str)> {
    names.into_iter().map(|name| (damerau_levenshtein(text, name), name)).min()
}

/// The number after a word in a path or address, which may be in the name of a file: 216 in `shows/216/cast.json`,
/// `https://api.tvmaze.com/shows/216` and `tv/shows-216.json`.
pub(super) fn number_after(path: &str, word: &str) -> Option<u32> {
    let mut steps = path.split(['/', '\\']).flat_map(|step| step.split(['-', '_', '.', '?']));
    while let Some(step) = steps.next() {
        if step.eq_ignore_ascii_case(word)
            && let Some(number) = steps.clone().next().and_then(|next| next.parse().ok())
        {
            return Some(number);
        }
    }
    None
}

/// The folder of a file.
pub(super) fn folder_of(file: &str) -> &str {
    file.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_numbers() {
        assert_eq!(number_after("shows/216/cast.json", "shows"), Some(216));
        assert_eq!(number_after("https://api.tvmaze.com/shows/216", "shows"), Some(216));
        assert_eq!(number_after("tv/shows-216.json", "shows"), Some(216));
        assert_eq!(number_after("C:\\shows\\216.json", "shows"), Some(216));
        assert_eq!(number_after("shows/girls/shows/5.json", "shows"), Some(5));
        for path in ["shows.json", "shows_page1_2020.json", "myshows/216", "shows/99999999999"] {
            assert_eq!(number_after(path, "shows"), None, "{path}");
        }
    }
}

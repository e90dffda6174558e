//! Words that all sources share.

use entity::credit::Job;

/// The crew job with a name, if castgraph has it.
pub(super) fn job(word: &str) -> Option<Job> {
    Some(match word.trim().to_lowercase().as_str() {
        "creator" | "created by" | "co-creator" | "series creator" => Job::Creator,
        "showrunner" | "show runner" | "co-showrunner" => Job::Showrunner,
        "executive producer" => Job::ExecutiveProducer,
        "director" | "directed by" | "co-director" | "series director" => Job::Director,
        "writer" | "written by" | "screenplay" | "screenplay by" | "screenwriter" | "script" | "co-writer" => {
            Job::Writer
        }
        "story" | "story by" => Job::Story,
        "teleplay" | "teleplay by" => Job::Teleplay,
        "composer" | "original music composer" | "music by" | "original music" => Job::Composer,
        _ => return None,
    })
}

/// The code (BCP 47) of a language, from its English name or its code.
pub(crate) fn language(name: &str) -> String {
    let name = name.trim();
    let code = LANGUAGES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, code)| *code);
    code.unwrap_or(name).to_owned()
}

/// Languages by their English names, with their codes.
pub(crate) const LANGUAGES: &[(&str, &str)] = &[
    ("Afrikaans", "af"),
    ("Albanian", "sq"),
    ("Arabic", "ar"),
    ("Armenian", "hy"),
    ("Azerbaijani", "az"),
    ("Basque", "eu"),
    ("Belarusian", "be"),
    ("Bengali", "bn"),
    ("Bosnian", "bs"),
    ("Bulgarian", "bg"),
    ("Catalan", "ca"),
    ("Chinese", "zh"),
    ("Croatian", "hr"),
    ("Czech", "cs"),
    ("Danish", "da"),
    ("Dutch", "nl"),
    ("English", "en"),
    ("Estonian", "et"),
    ("Finnish", "fi"),
    ("French", "fr"),
    ("Galician", "gl"),
    ("Georgian", "ka"),
    ("German", "de"),
    ("Greek", "el"),
    ("Gujarati", "gu"),
    ("Hebrew", "he"),
    ("Hindi", "hi"),
    ("Hungarian", "hu"),
    ("Icelandic", "is"),
    ("Indonesian", "id"),
    ("Irish", "ga"),
    ("Italian", "it"),
    ("Japanese", "ja"),
    ("Javanese", "jv"),
    ("Kannada", "kn"),
    ("Kazakh", "kk"),
    ("Korean", "ko"),
    ("Latin", "la"),
    ("Latvian", "lv"),
    ("Lithuanian", "lt"),
    ("Luxembourgish", "lb"),
    ("Macedonian", "mk"),
    ("Malay", "ms"),
    ("Malayalam", "ml"),
    ("Maltese", "mt"),
    ("Marathi", "mr"),
    ("Mongolian", "mn"),
    ("Norwegian", "no"),
    ("Persian", "fa"),
    ("Polish", "pl"),
    ("Portuguese", "pt"),
    ("Punjabi", "pa"),
    ("Romanian", "ro"),
    ("Russian", "ru"),
    ("Scottish Gaelic", "gd"),
    ("Serbian", "sr"),
    ("Slovak", "sk"),
    ("Slovenian", "sl"),
    ("Spanish", "es"),
    ("Swahili", "sw"),
    ("Swedish", "sv"),
    ("Tagalog", "tl"),
    ("Tamil", "ta"),
    ("Telugu", "te"),
    ("Thai", "th"),
    ("Turkish", "tr"),
    ("Ukrainian", "uk"),
    ("Urdu", "ur"),
    ("Uzbek", "uz"),
    ("Vietnamese", "vi"),
    ("Welsh", "cy"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_have_codes() {
        assert_eq!(language("english"), "en");
        assert_eq!(language("en"), "en");
        assert_eq!(language("Klingon"), "Klingon");
    }
}

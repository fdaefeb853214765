//! Names of files that people send: nothing in them leads elsewhere.

/// Names for the files of an archive, which lie beside each other: where two folders hold a file of one name, the
/// folder's name goes before it.
pub fn apart(names: &[Option<String>]) -> Vec<Option<String>> {
    let mut seen = std::collections::HashSet::new();
    let twice = names
        .iter()
        .flatten()
        .filter_map(|name| last_part(name))
        .any(|name| !seen.insert(name.to_lowercase()));
    let named = |name: &Option<String>| {
        let name = name.as_deref()?;
        let own = last_part(name)?;
        let folder = name.trim_end_matches(|c| c != '/' && c != '\\').trim_end_matches(['/', '\\']);
        match last_part(folder).filter(|_| twice) {
            Some(folder) => Some(format!("{folder}-{own}")),
            None => Some(own.to_owned()),
        }
    };
    names.iter().map(named).collect()
}

/// The last part of a name, if it can be a file's.
pub fn last_part(name: &str) -> Option<&str> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    (!name.is_empty() && !name.starts_with('.') && name.len() <= 200).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_folders_and_nothing_lands_beside() {
        assert_eq!(last_part("a/b\\../thửa.shp"), Some("thửa.shp"));
        assert_eq!(last_part("../.."), None);
        assert_eq!(last_part("x/.hidden"), None);
        assert_eq!(last_part(""), None);
    }

    #[test]
    fn files_of_one_name_in_two_folders_are_two_files() {
        let names =
            |names: &[&str]| apart(&names.iter().map(|name| Some((*name).to_owned())).collect::<Vec<_>>());
        let named = |names: &[&str]| names.iter().map(|name| Some((*name).to_owned())).collect::<Vec<_>>();
        assert_eq!(
            names(&["xa-a/thua.shp", "xa-b/thua.shp", "xa-b/thua.dbf"]),
            named(&["xa-a-thua.shp", "xa-b-thua.shp", "xa-b-thua.dbf"])
        );
        assert_eq!(names(&["a/thua.shp", "a/thua.dbf"]), named(&["thua.shp", "thua.dbf"]));
    }
}

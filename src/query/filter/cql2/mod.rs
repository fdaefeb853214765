//! CQL2 (OGC 21-065r2) as it is written: from text or JSON to an [`Expression`], which knows nothing of columns.

mod expression;
mod geometry;
mod json;
mod reader;
mod text;
mod token;

pub use expression::Expression;

use super::{FilterError, Language};

/// Reads a filter that is within the [bounds](super::bounds).
///
/// # Errors
/// [`FilterError`] when the text is no CQL2, with the place where reading stopped.
pub fn read(text: &str, language: Language) -> Result<Expression, FilterError> {
    match language {
        Language::Text => text::read(text),
        Language::Json => json::read(text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> Expression {
        read(text, Language::Text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// What the text means, with each operation in brackets.
    fn grouped(source: &str) -> String {
        text(source).to_string()
    }

    fn why(text: &str) -> String {
        read(text, Language::Text).expect_err(text).0
    }

    #[test]
    fn operators_bind_as_the_standard_says() {
        assert_eq!(grouped("a OR b AND c"), "(a OR (b AND c))");
        assert_eq!(grouped("NOT a = 1 OR b"), "((NOT (a = 1)) OR b)");
        assert_eq!(grouped("1 + 2 * 3 ^ 2 = x"), "((1 + (2 * (3 ^ 2))) = x)");
        assert_eq!(grouped("a - b - c < 0"), "(((a - b) - c) < 0)");
        assert_eq!(grouped("a AND b AND (c AND d) OR e OR f"), "((a AND b AND (c AND d)) OR e OR f)");
        assert_eq!(grouped("-2 ^ 2 = -x"), "((-2 ^ 2) = (-1 * x))");
        assert_eq!(grouped("a div b > +5"), "((a div b) > 5)");
    }

    #[test]
    fn predicates_are_read_in_all_their_spellings() {
        assert_eq!(grouped("a NOT BETWEEN 1 + 1 AND 4 AND b"), "((NOT between(a, (1 + 1), 4)) AND b)");
        assert_eq!(grouped("a IS NOT NULL"), "(NOT isNull(a))");
        assert_eq!(grouped("a IN (1)"), "in(a, (1))");
        assert_eq!(grouped("a not in ('x', 'it''s')"), "(NOT in(a, ('x', 'it''s')))");
        assert_eq!(grouped("a NOT LIKE '%x%'"), "(NOT like(a, '%x%'))");
        assert_eq!(grouped("a != 1"), "(a <> 1)");
        assert_eq!(grouped("casei(a) = CASEI('B')"), "(casei(a) = CASEI('B'))");
        assert_eq!(grouped("\"một \"\"hai\"\"\" = TRUE"), "(\"một \"\"hai\"\"\" = true)");
        assert_eq!(grouped("notes AND nullable OR order"), "((notes AND nullable) OR order)");
    }

    #[test]
    fn times_and_places_are_literals() {
        assert_eq!(grouped("T_AFTER(a, DATE('2026-01-31'))"), "T_AFTER(a, DATE('2026-01-31'))");
        assert_eq!(
            grouped("t_during(INTERVAL(a, '..'), INTERVAL('2025-01-01', TIMESTAMP('2026-01-01T00:00:00Z')))"),
            "t_during(INTERVAL(a, '..'), INTERVAL('2025-01-01', TIMESTAMP('2026-01-01T00:00:00Z')))"
        );
        assert_eq!(
            grouped("S_INTERSECTS(geometry, BBOX(1,2,3,-4.5))"),
            "S_INTERSECTS(geometry, BBOX(1, 2, 3, -4.5))"
        );
        for (written, read) in [
            ("POINT(1 2)", "POINT(1 2)"),
            ("POINT Z (1 2 3)", "POINT(1 2)"),
            ("point(1 2 3 4)", "POINT(1 2)"),
            ("LINESTRING(0 0, 1 1)", "LINESTRING(0 0,1 1)"),
            ("POLYGON((0 0,1 0,1 1,0 0),(0.1 0.1,0.2 0.1,0.2 0.2,0.1 0.1))", ""),
            ("MULTIPOINT(1 2, 3 4)", "MULTIPOINT((1 2),(3 4))"),
            ("MULTIPOINT((1 2), (3 4))", "MULTIPOINT((1 2),(3 4))"),
            ("MULTILINESTRING((0 0,1 1),(2 2,3 3))", ""),
            ("MULTIPOLYGON(((0 0,1 0,1 1,0 0)))", ""),
            ("GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(0 0,1 1))", ""),
        ] {
            let found = grouped(&format!("S_WITHIN(geometry, {written})"));
            assert!(found.contains(read), "{written}: {found}");
        }
        // A name is a geometry only where coordinates follow.
        assert_eq!(grouped("point = 1"), "(point = 1)");
    }

    #[test]
    fn who_reads_an_error_is_told_where_reading_stopped() {
        assert!(why("area >").contains("at its end"), "{}", why("area >"));
        assert!(why("area > 5 5").contains("character 10"), "{}", why("area > 5 5"));
        assert!(why("a = 'x").contains("character 5"), "{}", why("a = 'x"));
        assert!(why("(a OR b").contains("at its end"));
        assert!(why("a = b = c").contains("\"= c\""), "{}", why("a = b = c"));
        assert!(why("").contains("at its end"));
        assert!(why("a IN ()").contains("character 7"));
        assert!(why("S_WITHIN(geometry, POINT(1))").contains("character 27"));
        assert!(
            why("S_WITHIN(g, GEOMETRYCOLLECTION(GEOMETRYCOLLECTION(POINT(1 2))))")
                .contains("GEOMETRYCOLLECTION")
        );
    }

    #[test]
    fn json_says_the_same() {
        let same = |written: &str, tree: &str| {
            let read = read(tree, Language::Json).unwrap_or_else(|error| panic!("{tree}: {error}"));
            assert_eq!(read, text(written), "{tree}");
        };
        same(
            "a = 1 AND NOT b",
            r#"{"op":"and","args":[{"op":"=","args":[{"property":"a"},1]},{"op":"not","args":[{"property":"b"}]}]}"#,
        );
        same("a IN ('x')", r#"{"op":"in","args":[{"property":"a"},["x"]]}"#);
        same("a IS NULL", r#"{"op":"isNull","args":[{"property":"a"}]}"#);
        same(
            "T_EQUALS(a, DATE('2026-01-31'))",
            r#"{"op":"T_EQUALS","args":[{"property":"a"},{"date":"2026-01-31"}]}"#,
        );
        same(
            "t_before(a, INTERVAL('..','2026-01-31'))",
            r#"{"op":"t_before","args":[{"property":"a"},{"interval":["..","2026-01-31"]}]}"#,
        );
        same(
            "s_within(g, BBOX(1,2,3,4))",
            r#"{"op":"s_within","args":[{"property":"g"},{"bbox":[1,2,3,4]}]}"#,
        );
        same(
            "s_within(g, POINT(1 2))",
            r#"{"op":"s_within","args":[{"property":"g"},{"type":"Point","coordinates":[1,2]}]}"#,
        );
        for wrong in
            [r#"{"op":"="}"#, r#"{"op":1,"args":[]}"#, r#"{"x":1}"#, "{", r#"{"op":"not","args":{"a":1}}"#]
        {
            assert!(read(wrong, Language::Json).is_err(), "{wrong}");
        }
    }

    #[test]
    fn text_and_json_say_the_same_as_to_another_reader_of_the_standard() {
        let pairs = include_str!("../../../../tests/query/cql2.tsv").lines();
        let mut count = 0;
        for (written, tree) in pairs.filter_map(|line| line.split_once('\t')) {
            let read = read(tree, Language::Json).unwrap_or_else(|error| panic!("{tree}: {error}"));
            assert_eq!(grouped(written).to_lowercase(), read.to_string().to_lowercase(), "{tree}");
            count += 1;
        }
        assert_eq!(count, 72);
    }

    fn any() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            "[a-e]",
            (-99i32..99).prop_map(|n| n.to_string()),
            "[a-z' ]{0,4}".prop_map(|t| format!("'{}'", t.replace('\'', "''"))),
        ];
        leaf.prop_recursive(5, 40, 3, |inner| {
            let two = (inner.clone(), inner.clone());
            prop_oneof![
                (
                    two.clone(),
                    prop::sample::select(vec![
                        "AND", "OR", "=", "<>", "<", ">=", "+", "-", "*", "/", "^", "div"
                    ])
                )
                    .prop_map(|((a, b), op)| format!("({a} {op} {b})")),
                inner.clone().prop_map(|a| format!("(NOT {a})")),
                inner.clone().prop_map(|a| format!("casei({a})")),
                (two.0, prop::collection::vec(two.1, 1..3))
                    .prop_map(|(a, list)| format!("in({a}, ({}))", list.join(", "))),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back_as_the_same(source in any()) {
            let once = text(&source);
            prop_assert_eq!(text(&once.to_string()), once);
        }

        #[test]
        fn no_text_makes_it_fall(source in "[ -~à-ỹ]{0,60}") {
            let _ = read(&source, Language::Text);
            let _ = read(&source, Language::Json);
        }
    }
}

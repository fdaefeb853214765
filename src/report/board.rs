//! The board of an emulation campaign as a document to sign: ranks, points by criterion, who is put forward, the rules.

use super::{
    Block, Cell, Column, Document, Section, Setting, Table, Words,
    build::{Title, framed},
};
use crate::{
    analysis::{Board, GroupBoard, Nominated, Nominees, RankStatus, Row, View},
    domain::{Awarded, Campaign, CampaignGroup},
};

/// The board on the view's day.
pub fn document(
    view: &View,
    campaign: &Campaign,
    board: &Board,
    words: &Words,
    setting: Setting<'_>,
) -> Document {
    let paper = Paper { view, campaign, board, words };
    let mut sections: Vec<Section> = board.groups.iter().map(|group| paper.group(group)).collect();
    sections.push(paper.section("section_nominees", paper.nominees()));
    sections.push(paper.section("section_rules", paper.rules()));
    let title = Title {
        kind: words.text("board_kind"),
        name: words
            .say("board_title", &[("name", &words.label(campaign.name())), ("period", &paper.period())]),
        illustration: setting.illustration || campaign.illustration(),
    };
    framed(view, words, setting, title, sections)
}

struct Paper<'a> {
    view: &'a View,
    campaign: &'a Campaign,
    board: &'a Board,
    words: &'a Words,
}

impl Paper<'_> {
    fn section(&self, heading: &str, blocks: Vec<Block>) -> Section {
        Section { heading: self.words.text(heading), blocks }
    }

    fn text(&self, key: &str, values: &[(&str, &str)]) -> Block {
        Block::Text { text: self.words.say(key, values) }
    }

    fn column(&self, key: &str, width: f64, right: bool) -> Column {
        Column { name: self.words.text(key), width, right }
    }

    fn count(&self, count: u64) -> Cell {
        Cell::Number(count as f64, 0, self.words.language())
    }

    fn points(&self, points: f64) -> Cell {
        Cell::Number(points, 2, self.words.language())
    }

    /// The period, and up to which day it is known.
    fn period(&self) -> String {
        let day = super::words::day;
        let (first, last) = (day(self.board.span.first), day(self.board.span.last));
        self.words.say("board_period", &[("first", &first), ("last", &last)])
    }

    fn group(&self, board: &GroupBoard) -> Section {
        let group = &self.campaign.groups()[board.group];
        let heading = self.words.label(&group.name);
        if board.rows.is_empty() {
            return Section { heading, blocks: vec![self.text("board_nobody", &[])] };
        }
        let (ranked, others): (Vec<&Row>, Vec<&Row>) =
            board.rows.iter().partition(|row| row.rank().is_some());
        let mut blocks = Vec::new();
        if ranked.is_empty() {
            blocks.push(self.text("board_none_ranked", &[]));
        } else {
            blocks.push(self.ranks(&heading, &ranked));
            blocks.push(self.criteria(&heading, &ranked));
        }
        if !others.is_empty() {
            blocks.push(self.unranked(&heading, &others));
        }
        Section { heading, blocks }
    }

    fn ranks(&self, name: &str, rows: &[&Row]) -> Block {
        let cells = |row: &&Row| {
            let rank = row.rank().map_or(Cell::Empty, |rank| self.count(rank as u64));
            vec![
                rank,
                Cell::Text(row.contestant.name(&self.view.snapshot).to_owned()),
                row.score.map_or(Cell::Empty, |score| self.points(score)),
                self.points(row.earned),
                self.points(row.out_of),
                self.count(row.work.due_parcels),
                self.count(row.work.done_parcels),
                self.count(row.irregular.out_of_order),
                self.count(row.irregular.clock_broken),
            ]
        };
        let columns = vec![
            self.column("board_rank", 1.0, true),
            self.column("board_who", 4.0, false),
            self.column("board_score", 1.4, true),
            self.column("board_earned", 1.4, true),
            self.column("board_out_of", 1.4, true),
            self.column("board_due", 1.4, true),
            self.column("board_done", 1.4, true),
            self.column("board_out_of_order", 1.6, true),
            self.column("board_clock_broken", 1.6, true),
        ];
        self.table("board_ranks", name, columns, rows.iter().map(cells).collect())
    }

    /// Points by criterion, lettered as in the rules.
    fn criteria(&self, name: &str, rows: &[&Row]) -> Block {
        let cells = |row: &&Row| {
            let who = Cell::Text(row.contestant.name(&self.view.snapshot).to_owned());
            let points =
                row.points.iter().map(|one| one.points.map_or(Cell::Empty, |points| self.points(points)));
            std::iter::once(who).chain(points).collect()
        };
        let of = |letter: char| Column { name: letter.to_string(), width: 1.3, right: true };
        let columns = std::iter::once(self.column("board_who", 4.0, false));
        let columns = columns.chain(('a'..).take(self.campaign.criteria().len()).map(of)).collect();
        self.table("board_criteria", name, columns, rows.iter().map(cells).collect())
    }

    fn unranked(&self, name: &str, rows: &[&Row]) -> Block {
        let cells = |row: &&Row| {
            let why = match row.status {
                RankStatus::NoWork => "board_no_work",
                RankStatus::TooLittleWork => "board_too_little_work",
                RankStatus::TooLittleDue => "board_too_little_due",
                RankStatus::NothingDue | RankStatus::Ranked { .. } => "board_nothing_due",
            };
            vec![
                Cell::Text(row.contestant.name(&self.view.snapshot).to_owned()),
                self.count(row.work.due_parcels),
                self.count(row.work.done_parcels),
                Cell::Text(self.words.text(why)),
            ]
        };
        let columns = vec![
            self.column("board_who", 4.0, false),
            self.column("board_due", 1.4, true),
            self.column("board_done", 1.4, true),
            self.column("board_why", 5.0, false),
        ];
        self.table("board_unranked", name, columns, rows.iter().map(cells).collect())
    }

    fn nominees(&self) -> Vec<Block> {
        let (named, empty): (Vec<&Nominees>, Vec<&Nominees>) =
            self.board.nominees.iter().partition(|nominees| !nominees.rows.is_empty());
        let mut blocks: Vec<Block> = named.into_iter().map(|nominees| self.award(nominees)).collect();
        for nominees in empty {
            let name = self.words.label(&self.campaign.awards()[nominees.award].name);
            blocks.push(self.text("board_no_nominee", &[("name", &name)]));
        }
        blocks
    }

    fn award(&self, nominees: &Nominees) -> Block {
        let award = &self.campaign.awards()[nominees.award];
        let snapshot = &self.view.snapshot;
        let one = |nominated: &Nominated| match nominated {
            Nominated::Contestant(group, at) => {
                let row = &self.board.groups[*group].rows[*at];
                vec![
                    Cell::Text(row.contestant.name(snapshot).to_owned()),
                    row.rank().map_or(Cell::Empty, |rank| self.count(rank as u64)),
                    row.score.map_or(Cell::Empty, |score| self.points(score)),
                ]
            }
            // A household is named by its number: who it is, the commune's officers look up.
            Nominated::Holder(early) => vec![
                Cell::Text(self.words.say("board_holder", &[("number", &early.holder.to_string())])),
                self.count(early.parcels.len() as u64),
                Cell::Day(early.on),
            ],
        };
        let columns = match award.to {
            Awarded::Group(_) => vec![
                self.column("board_who", 5.0, false),
                self.column("board_rank", 1.4, true),
                self.column("board_score", 1.4, true),
            ],
            Awarded::Holders => vec![
                self.column("board_household", 5.0, false),
                self.column("parcels", 1.4, true),
                self.column("board_handed_over_on", 2.0, true),
            ],
        };
        let caption = self.words.label(&award.name);
        Block::Table(Table { caption, columns, rows: nominees.rows.iter().map(one).collect(), total: false })
    }

    fn rules(&self) -> Vec<Block> {
        let words = self.words;
        let criterion = |criterion: &crate::domain::Criterion| {
            let values = [
                ("name", words.label(&criterion.name)),
                ("weight", words.decimal(criterion.weight, 0)),
                ("target", words.percent(criterion.target)),
            ];
            let values: Vec<(&str, &str)> =
                values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let label = words.say("board_criterion", &values);
            if criterion.to_be_confirmed {
                format!("{label} {}", words.text("board_unconfirmed"))
            } else {
                label
            }
        };
        let group = |group: &CampaignGroup| {
            let values = [
                ("name", words.label(&group.name)),
                ("parcels", words.count(group.least_parcels)),
                ("due", words.count(group.least_due)),
                ("weight", words.decimal(group.least_weight, 0)),
            ];
            let values: Vec<(&str, &str)> =
                values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            words.say("board_group_rule", &values)
        };
        let basis = self.campaign.basis().map(|basis| Block::Text { text: words.label(basis) });
        let caveat = words.label(self.view.snapshot.law().caveat());
        let criteria = Block::List { entries: self.campaign.criteria().iter().map(criterion).collect() };
        basis
            .into_iter()
            .chain([criteria])
            .chain(self.campaign.groups().iter().map(|one| Block::Text { text: group(one) }))
            .chain([self.text("law_caveat", &[("caveat", &caveat)])])
            .collect()
    }

    fn table(&self, caption: &str, group: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Block {
        let caption = self.words.say(caption, &[("group", group)]);
        Block::Table(Table { caption, columns, rows, total: false })
    }
}

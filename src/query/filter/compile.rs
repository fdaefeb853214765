//! From CQL2 to a condition: what was read is checked against the columns.

use std::sync::Arc;

use geo::{Coord, Geometry, MapCoords};

use super::{
    FilterError, Language, ToWgs84,
    among::Among,
    bounds,
    cql2::{Expression as Expr, read},
    node::{Node, gathered},
    scalar::{Arithmetic, Comparison, Scalar},
    spatial::{Spatial, SpatialOp, usable},
    temporal::{Span, TemporalOp, instant},
    text::{Fold, Pattern},
};
use crate::query::{
    column::{Column, Kind},
    value::Value,
};

/// The name under which filters speak of a feature's shape.
pub const SHAPE: &str = "geometry";
/// Vertices that a geometry of a filter may have.
const MOST_VERTICES: usize = 10_000;
/// Points into which each side of a box of another CRS is cut, since it is curved in degrees.
const BOX_STEPS: u32 = 16;

type Compiled<T> = Result<T, FilterError>;

fn wrong<T>(why: impl Into<String>) -> Compiled<T> {
    Err(FilterError(why.into()))
}

/// Reads and checks a filter.
pub fn parse(
    text: &str,
    language: Language,
    columns: &[&'static Column],
    to_wgs84: ToWgs84<'_>,
) -> Compiled<Node> {
    let measure = bounds::check(text, language)?;
    bounds::guarded(measure, || Compiler { columns, to_wgs84 }.condition(read(text, language)?))
}

/// The value of a kind that a text writes.
pub fn value(kind: Kind, text: &str) -> Option<Value<'static>> {
    match kind {
        Kind::Boolean => text.parse().ok().map(Value::Boolean),
        Kind::Integer => text.parse().ok().map(Value::Integer),
        Kind::Number => text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::Number),
        Kind::Text => Some(Value::Text(text.to_owned().into())),
        Kind::Day | Kind::Moment => instant(text),
    }
}

struct Compiler<'a> {
    columns: &'a [&'static Column],
    to_wgs84: ToWgs84<'a>,
}

impl Compiler<'_> {
    fn condition(&self, expression: Expr) -> Compiled<Node> {
        match expression {
            Expr::Bool(value) => Ok(Node::Constant(Some(value))),
            Expr::Null => Ok(Node::Constant(None)),
            Expr::Property(_) => match self.scalar(expression)? {
                Scalar::Column(column) if column.kind != Kind::Boolean => wrong(format!(
                    "\"{}\" is {}, not true or false; compare it with something",
                    column.name,
                    column.kind.name()
                )),
                scalar => Ok(Node::Flag(scalar)),
            },
            Expr::Operation { op, args } => self.operation(&op, args),
            other => wrong(format!("{} is no condition", shown(&other))),
        }
    }

    fn operation(&self, op: &str, args: Vec<Expr>) -> Compiled<Node> {
        let lower = op.to_ascii_lowercase();
        if let Some(how) = SpatialOp::from_name(&lower) {
            return self.spatial(how, exactly(op, args)?);
        }
        if let Some(how) = TemporalOp::from_name(&lower) {
            let [a, b] = exactly(op, args)?;
            return Ok(Node::Temporal(how, self.span(a)?, self.span(b)?));
        }
        let compare = match lower.as_str() {
            "and" => return Ok(Node::And(self.conditions(chain(&lower, args))?)),
            "or" => return Ok(gathered(self.conditions(chain(&lower, args))?)),
            "not" => {
                let [inner] = exactly(op, args)?;
                return Ok(Node::Not(Box::new(self.condition(inner)?)));
            }
            "=" => Comparison::Equal,
            "<>" => Comparison::NotEqual,
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            ">" => Comparison::Greater,
            ">=" => Comparison::GreaterOrEqual,
            "between" => {
                let [value, low, high] = exactly(op, args)?;
                let (value, low) = self.pair(value, low)?;
                let (value, high) = matched(value, self.scalar(high)?)?;
                return Ok(Node::Between(value, low, high));
            }
            "in" => return self.among(exactly(op, args)?),
            "like" => return self.like(exactly(op, args)?),
            "isnull" => {
                let [inner] = exactly(op, args)?;
                return match inner {
                    Expr::Property(ref name) if name == SHAPE => Ok(Node::NoShape),
                    other => Ok(Node::IsNull(self.scalar(other)?)),
                };
            }
            _ => return wrong(format!("\"{op}\" is not a function that gives true or false here")),
        };
        let [a, b] = exactly(op, args)?;
        let (a, b) = self.pair(a, b)?;
        Ok(Node::Compare(compare, a, b))
    }

    fn conditions(&self, args: Vec<Expr>) -> Compiled<Vec<Node>> {
        args.into_iter().map(|arg| self.condition(arg)).collect()
    }

    fn among(&self, [value, list]: [Expr; 2]) -> Compiled<Node> {
        let Expr::List(list) = list else { return wrong("IN takes a list in brackets") };
        let mut value = self.scalar(value)?;
        let mut items = Vec::with_capacity(list.len());
        for item in list {
            let item = self.scalar(item)?;
            let (own, item) = matched(value, item)?;
            value = own;
            items.push(item);
        }
        Ok(Node::In(value, Among::new(items)))
    }

    fn like(&self, [value, pattern]: [Expr; 2]) -> Compiled<Node> {
        let value = self.scalar(value)?;
        if value.kind().is_some_and(|kind| kind != Kind::Text) {
            return wrong(format!("LIKE compares texts; {} is {}", named(&value), kind_name(&value)));
        }
        match self.scalar(pattern)? {
            Scalar::Constant(Value::Text(pattern)) => Ok(Node::Like(value, Pattern::new(&pattern))),
            other => wrong(format!("LIKE takes a pattern in quotes, not {}", named(&other))),
        }
    }

    fn pair(&self, a: Expr, b: Expr) -> Compiled<(Scalar, Scalar)> {
        matched(self.scalar(a)?, self.scalar(b)?)
    }

    fn scalar(&self, expression: Expr) -> Compiled<Scalar> {
        match expression {
            Expr::Property(name) => self.column(&name).map(Scalar::Column),
            Expr::Number(number) if number.is_finite() => Ok(Scalar::Constant(Value::Number(number))),
            Expr::Number(_) => wrong("has a number beyond all measure"),
            Expr::Text(text) => Ok(Scalar::Constant(Value::Text(text.into()))),
            Expr::Bool(value) => Ok(Scalar::Constant(Value::Boolean(value))),
            Expr::Null => Ok(Scalar::Constant(Value::Null)),
            Expr::Date(date) => match moment(&date)? {
                day @ Value::Day(_) => Ok(Scalar::Constant(day)),
                _ => wrong(format!("DATE takes a day as in '2026-01-31', not {}", shown(&date))),
            },
            Expr::Timestamp(timestamp) => match moment(&timestamp)? {
                at @ Value::Moment(_) => Ok(Scalar::Constant(at)),
                _ => wrong(format!(
                    "TIMESTAMP takes a moment as in '2026-01-31T00:00:00Z', not {}",
                    shown(&timestamp)
                )),
            },
            Expr::Operation { op, args } => self.computed(&op, args),
            other => wrong(format!("{} can't be compared", shown(&other))),
        }
    }

    fn computed(&self, op: &str, args: Vec<Expr>) -> Compiled<Scalar> {
        let fold = match op.to_ascii_lowercase().as_str() {
            "casei" => Some(Fold::Case),
            "accenti" => Some(Fold::Marks),
            _ => None,
        };
        if let Some(fold) = fold {
            let [inner] = exactly(op, args)?;
            return match self.scalar(inner)? {
                Scalar::Constant(Value::Text(text)) => {
                    Ok(Scalar::Constant(Value::Text(fold.apply(&text).into())))
                }
                inner if inner.kind() == Some(Kind::Text) => Ok(Scalar::Folded(fold, Box::new(inner))),
                inner => wrong(format!("{op} takes a text; {} is {}", named(&inner), kind_name(&inner))),
            };
        }
        let how = match op.to_ascii_lowercase().as_str() {
            "+" => Arithmetic::Add,
            "-" => Arithmetic::Subtract,
            "*" => Arithmetic::Multiply,
            "/" => Arithmetic::Divide,
            "%" => Arithmetic::Remainder,
            "^" => Arithmetic::Power,
            "div" => Arithmetic::Whole,
            _ => return wrong(format!("there is no function \"{op}\" here")),
        };
        let mut numbers = args.into_iter().map(|arg| self.number(arg));
        let Some(first) = numbers.next() else { return wrong(format!("\"{op}\" takes two numbers")) };
        numbers.try_fold(first?, |left, right| Ok(Scalar::Arithmetic(how, Box::new((left, right?)))))
    }

    fn number(&self, expression: Expr) -> Compiled<Scalar> {
        let scalar = self.scalar(expression)?;
        match scalar.kind() {
            Some(kind) if !kind.is_number() => {
                wrong(format!("numbers are reckoned with; {} is {}", named(&scalar), kind.name()))
            }
            _ => Ok(scalar),
        }
    }

    fn column(&self, name: &str) -> Compiled<&'static Column> {
        self.columns.iter().copied().find(|column| column.name == name).ok_or_else(|| {
            let names: Vec<_> = self.columns.iter().map(|column| column.name).collect();
            FilterError(format!(
                "\"{name}\" is not a property here; these are: {}, {SHAPE}",
                names.join(", ")
            ))
        })
    }

    fn spatial(&self, how: SpatialOp, [a, b]: [Expr; 2]) -> Compiled<Node> {
        let own = |expression: &Expr| matches!(expression, Expr::Property(name) if name == SHAPE);
        let (how, literal) = match (own(&a), own(&b)) {
            (true, false) => (how, b),
            (false, true) => (how.turned(), a),
            _ => {
                return wrong(format!(
                    "spatial functions compare \"{SHAPE}\" with one geometry that is written out"
                ));
            }
        };
        if let Expr::Property(name) = &literal {
            return wrong(format!("\"{name}\" is no geometry; \"{SHAPE}\" is the only one"));
        }
        Ok(Node::Spatial(Arc::new(Spatial::new(how, self.geometry(literal)?))))
    }

    fn geometry(&self, literal: Expr) -> Compiled<Geometry<f64>> {
        let text = shown(&literal);
        let geometry = match literal {
            Expr::Geometry(geometry) => geometry,
            Expr::Box(numbers) => boxed(&numbers)
                .ok_or_else(|| FilterError(format!("{text} is not a box: it takes four numbers, or six")))?,
            _ => return wrong(format!("{text} is no geometry")),
        };
        if geo::CoordsIter::coords_count(&geometry) > MOST_VERTICES {
            return wrong(format!("has a geometry of more than {MOST_VERTICES} vertices"));
        }
        let moved = geometry.try_map_coords(|c| match (self.to_wgs84)([c.x, c.y]) {
            Some([x, y]) => Ok(Coord { x, y }),
            None => Err(()),
        });
        let outside = || FilterError(format!("{text} does not lie where its coordinate system is used"));
        moved.ok().filter(usable).ok_or_else(outside)
    }

    fn span(&self, expression: Expr) -> Compiled<Span> {
        let Expr::Interval(ends) = expression else {
            return self.time(expression).map(Span::Instant);
        };
        let [from, to]: [Expr; 2] =
            ends.try_into().map_err(|_| FilterError("INTERVAL takes two times".to_owned()))?;
        let end = |end: Expr| match end {
            Expr::Text(text) if text == ".." => Ok(None),
            other => self.time(other).map(Some),
        };
        Ok(Span::Interval(end(from)?, end(to)?))
    }

    fn time(&self, expression: Expr) -> Compiled<Scalar> {
        if let Expr::Text(_) = expression {
            return moment(&expression).map(Scalar::Constant);
        }
        let scalar = self.scalar(expression)?;
        match scalar.kind() {
            Some(kind) if !kind.is_temporal() => {
                wrong(format!("temporal functions compare dates; {} is {}", named(&scalar), kind.name()))
            }
            _ => Ok(scalar),
        }
    }
}

/// The conditions of a chain of one operation, in order, however deep the parser has put them.
fn chain(op: &str, args: Vec<Expr>) -> Vec<Expr> {
    let mut waiting: Vec<Expr> = args.into_iter().rev().collect();
    let mut flat = Vec::with_capacity(waiting.len());
    while let Some(next) = waiting.pop() {
        match next {
            Expr::Operation { op: inner, args } if inner.eq_ignore_ascii_case(op) => {
                waiting.extend(args.into_iter().rev());
            }
            other => flat.push(other),
        }
    }
    flat
}

/// As many arguments as an operation takes.
fn exactly<const N: usize>(op: &str, args: Vec<Expr>) -> Compiled<[Expr; N]> {
    let found = args.len();
    args.try_into().map_err(|_| FilterError(format!("\"{op}\" takes {N} arguments, not {found}")))
}

/// Two values that can be compared; a text beside a date is read as one.
fn matched(a: Scalar, b: Scalar) -> Compiled<(Scalar, Scalar)> {
    let (Some(one), Some(two)) = (a.kind(), b.kind()) else { return Ok((a, b)) };
    let same = one == two || (one.is_number() && two.is_number()) || (one.is_temporal() && two.is_temporal());
    match (&a, &b) {
        _ if same => Ok((a, b)),
        (_, Scalar::Constant(Value::Text(text))) if one.is_temporal() => {
            let time = dated(text)?;
            Ok((a, Scalar::Constant(time)))
        }
        (Scalar::Constant(Value::Text(text)), _) if two.is_temporal() => {
            let time = dated(text)?;
            Ok((Scalar::Constant(time), b))
        }
        // SQL's habit, and that of clients which write filters for people.
        (_, Scalar::Constant(Value::Number(number))) if one == Kind::Boolean && is_bit(*number) => {
            let value = Value::Boolean(*number > 0.5);
            Ok((a, Scalar::Constant(value)))
        }
        (Scalar::Constant(Value::Number(number)), _) if two == Kind::Boolean && is_bit(*number) => {
            let value = Value::Boolean(*number > 0.5);
            Ok((Scalar::Constant(value), b))
        }
        _ => wrong(format!(
            "{} is {} and can't be compared with {}, which is {}",
            named(&a),
            one.name(),
            named(&b),
            two.name()
        )),
    }
}

/// 0 or 1.
fn is_bit(number: f64) -> bool {
    [0.0, 1.0].iter().any(|bit| (number - bit).abs() < f64::EPSILON)
}

fn dated(text: &str) -> Compiled<Value<'static>> {
    instant(text).ok_or_else(|| {
        FilterError(format!(
            "'{text}' is not a date; write DATE('2026-01-31') or TIMESTAMP('2026-01-31T00:00:00Z')"
        ))
    })
}

fn moment(expression: &Expr) -> Compiled<Value<'static>> {
    match expression {
        Expr::Text(text) => dated(text),
        Expr::Date(date) => moment(date),
        Expr::Timestamp(timestamp) => moment(timestamp),
        other => wrong(format!("{} is not a date in quotes", shown(other))),
    }
}

/// The box of four numbers, or of six with heights, its sides cut into pieces. One in degrees whose west exceeds its
/// east lies across the antimeridian (RFC 7946, 5.2).
fn boxed(numbers: &[Expr]) -> Option<Geometry<f64>> {
    let number = |one: &Expr| match one {
        Expr::Number(number) if number.is_finite() => Some(*number),
        _ => None,
    };
    let numbers: Option<Vec<f64>> = numbers.iter().map(number).collect();
    let ([west, south, east, north] | [west, south, _, east, north, _]) = numbers?[..] else { return None };
    let degrees = [west, east].iter().all(|edge| edge.abs() <= 180.0);
    if west > east && south <= north && degrees {
        let side = |low: f64, high: f64| geo::Rect::new((low, south), (high, north)).to_polygon();
        return Some(geo::MultiPolygon::new(vec![side(west, 180.0), side(-180.0, east)]).into());
    }
    Some(cut(geo::Rect::new((west, south), (east, north))))
}

fn cut(rect: geo::Rect<f64>) -> Geometry<f64> {
    let (min, max) = (rect.min(), rect.max());
    let corners = [(min.x, min.y), (max.x, min.y), (max.x, max.y), (min.x, max.y), (min.x, min.y)];
    let side = |side: &[(f64, f64)]| {
        let ((x0, y0), (x1, y1)) = (side[0], side[1]);
        (0..BOX_STEPS)
            .map(move |step| {
                let t = f64::from(step) / f64::from(BOX_STEPS);
                (x0 + (x1 - x0) * t, y0 + (y1 - y0) * t)
            })
            .collect::<Vec<_>>()
    };
    let ring: Vec<(f64, f64)> = corners.windows(2).flat_map(side).collect();
    geo::Polygon::new(ring.into(), Vec::new()).into()
}

fn named(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Column(column) => format!("\"{}\"", column.name),
        Scalar::Constant(Value::Text(text)) => format!("'{text}'"),
        Scalar::Constant(value) => value.to_string(),
        Scalar::Arithmetic(..) => "a sum".to_owned(),
        Scalar::Folded(..) => "a text".to_owned(),
    }
}

fn kind_name(scalar: &Scalar) -> &'static str {
    scalar.kind().map_or("NULL", Kind::name)
}

fn shown(expression: &Expr) -> String {
    let text = expression.to_string();
    if text.chars().count() > 60 { format!("{}…", text.chars().take(60).collect::<String>()) } else { text }
}

/**
 * What the server says about the features of a file, by the form of its sentences: `key` is the fault
 * in words of the page, the same for all features that have it; `own` is what differs from one feature
 * to the next.
 */
import type { Key } from '../i18n'

export interface Rule {
  is: RegExp
  key: Key
  own?: Key
}

export const rules: readonly Rule[] = [
  // Refused.
  { is: /^is empty$/, key: 'fault.empty' },
  { is: /^can't be read$/, key: 'fault.unread' },
  { is: /^no project has the code "(?<code>.*)"/, key: 'fault.project' },
  { is: /^no administrative unit has the code "(?<code>.*)"/, key: 'fault.unit' },
  { is: /^the store already holds /, key: 'fault.held' },
  { is: /^repeats feature (?<first>\S+):/, key: 'fault.repeats', own: 'fault.repeatsOwn' },
  { is: /^repeats unit (?<code>.*) of feature (?<first>.*)$/, key: 'fault.repeatsUnit' },
  { is: /^is not given, and no commune /, key: 'fault.nowhere' },
  { is: /^"(?<text>.*)" is not a level;/, key: 'fault.level', own: 'fault.text' },
  { is: /^"(?<text>.*)" is not a kind of project;/, key: 'fault.kind', own: 'fault.text' },
  { is: /^"(?<text>.*)" is not a date;/, key: 'fault.date', own: 'fault.text' },
  { is: /^"(?<text>.*)" is neither yes nor no$/, key: 'fault.yes', own: 'fault.text' },
  { is: /^"(?<text>.*)" is not an area in m²$/, key: 'fault.area', own: 'fault.text' },
  { is: /^the area "(?<text>.*)" is below zero$/, key: 'fault.negative', own: 'fault.text' },
  { is: /^"(?<text>.*)" m² is more than any /, key: 'fault.huge', own: 'fault.text' },
  { is: /^"(?<text>.*)" is \S+ as .* writes numbers/, key: 'fault.either', own: 'fault.text' },
  { is: /; the drawn (?<drawn>\S+) m² are neither$/, key: 'fault.either', own: 'fault.drawn' },
  { is: /^the code is empty/, key: 'fault.empty' },
  { is: /^the code "(?<text>.*)" has white space /, key: 'fault.codeSpace', own: 'fault.text' },
  { is: /^the code "(?<text>.*)" is longer than /, key: 'fault.codeLong', own: 'fault.text' },
  {
    is: /^ends on (?<to>\S+), before it begins on (?<from>\S+)$/,
    key: 'fault.ends',
    own: 'fault.span',
  },
  { is: /^the alignment's lines do not join/, key: 'fault.alignment' },
  {
    is: /^several texts inside could .*: (?<text>.*); is a /,
    key: 'fault.numbers',
    own: 'fault.text',
  },
  { is: /^lies outside Vietnam, at (?<text>.*)$/, key: 'fault.outside' },
  { is: /^has no geometry/, key: 'fault.noShape' },
  { is: /^has no area/, key: 'fault.noArea' },
  { is: /^a ring has fewer than three corners$/, key: 'fault.corners' },
  { is: /^a coordinate is not a number$/, key: 'fault.coordinate' },
  { is: /^can't be repaired: /, key: 'fault.irreparable' },
  { is: /; no area is left after the repair$/, key: 'fault.noneLeft' },
  {
    is: /; the repair would change its area by (?<percent>\S+) %$/,
    key: 'fault.tooChanged',
    own: 'fault.percent',
  },
  // Repaired.
  repaired('the boundary crosses itself', 'fault.crosses'),
  repaired('the boundary touches itself', 'fault.touches'),
  repaired('a hole lies outside the area', 'fault.holeOutside'),
  repaired('a hole lies inside another hole', 'fault.holeNested'),
  repaired('one part lies inside another', 'fault.partNested'),
  repaired('a boundary is drawn twice', 'fault.twice'),
  repaired('holes cut the area apart', 'fault.cut'),
  repaired('a boundary has too few corners', 'fault.few'),
  repaired('.*', 'fault.invalid'),
  // In two communes.
  {
    is: /^(?<percent>\S+) % of it lies in (?<unit>.*), the rest elsewhere$/,
    key: 'fault.divided',
    own: 'fault.share',
  },
  // About the whole file.
  { is: /^the text was read as (?<text>.*) \((?<percent>\S+) % of/, key: 'fault.encoding' },
  { is: /^read as (?<text>.*), only (?<percent>\S+) % of/, key: 'fault.encodingDoubt' },
  { is: /^(?<n>\d+) features have heights/, key: 'fault.heights' },
  { is: /^(?<n>\d+) features have measures/, key: 'fault.measures' },
  { is: /^(?<n>\d+) features may have arcs/, key: 'fault.arcs' },
  { is: /^(?<n>\d+) of the areas between the lines have no /, key: 'fault.nameless' },
  { is: /^(?<n>\d+) texts lie in no closed area$/, key: 'fault.loose' },
  { is: /^(?<n>\d+) parcels lie outside the project's boundary/, key: 'fault.leftOut' },
  { is: /^the file says (?<from>.*), --crs (?<to>.*) was followed$/, key: 'fault.crsFollowed' },
  { is: /^the coordinates are written northing/, key: 'fault.swapped' },
  { is: /^the file states no usable CRS; found out: (?<crs>EPSG:\d+)/, key: 'fault.crsFound' },
  {
    is: /^features (?<a>\S+) and (?<b>\S+) say different things about project (?<code>[^;]*);/,
    key: 'fault.differ',
  },
  {
    is: /^commune (?<code>\S+) does not exist on (?<day>\S+); (?<n>\d+) parcels /,
    key: 'fault.past',
  },
  { is: /^so many boundaries lie over those in the store/, key: 'fault.compared' },
  // About a file that can't be read.
  { is: /no column for the required field "(?<field>\w+)"/, key: 'trouble.fieldNamed' },
  {
    is: /with (?<crs>EPSG:\d+)?.* the data lie at (?<text>.*), outside Vietnam/,
    key: 'trouble.outsideAt',
  },
  { is: /there is no column "(?<text>.*)"; the file has/, key: 'trouble.noColumn' },
  { is: /; save it as DXF \(text, not binary\)/, key: 'trouble.dwg' },
  { is: /its \.(?:shx|dbf) (?:index|table) is missing/, key: 'trouble.parts' },
]

/** A geometry that the server has put right; how much of its area that changed is the feature's own. */
function repaired(fault: string, key: Key): Rule {
  const is = new RegExp(`^${fault}.*; repaired.*, area changed by (?<percent>\\S+) %$`)
  return { is, key, own: 'fault.changed' }
}

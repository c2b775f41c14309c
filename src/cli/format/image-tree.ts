export interface TreeDetails {
  readonly id: string;
  readonly diskUsage: string;
  readonly contentSize: string;
  readonly isUsed: boolean;
}

export interface TreeImage extends TreeDetails {
  readonly names: readonly string[];
  readonly platforms: readonly (TreeDetails & { readonly platform: string; readonly isHere: boolean })[];
}

export interface TreeScreen {
  /** Zero where there is no window. */
  readonly columns: number;
  readonly isTerminal: boolean;
  readonly colour: boolean;
}

interface Column {
  readonly title: string;
  readonly width: number;
  readonly right?: boolean;
  /** Its text brings colours of its own. */
  readonly bare?: boolean;
  readonly text: (details: TreeDetails) => string;
}

type Paint = (text: string) => string;

const gap = "   ";
const widthWithoutWindow = 80;
const narrowestWindow = 20;
const narrowestName = 12;
const painted =
  (...codes: number[]): Paint =>
  (text) =>
    `${codes.map((code) => `\x1b[${code}m`).join("")}${text}\x1b[0m`;
const unpainted: Paint = (text) => text;

/** The tree as docker 28 draws it, down to the heads that are bold even where there is no terminal, unless NO_COLOR is set. */
export function imageTreeText(images: readonly TreeImage[], screen: TreeScreen): string {
  const paint = paintsOf(screen);
  const width = Math.max(screen.columns || widthWithoutWindow, narrowestWindow);
  const hasChip = images.some(({ platforms }) => platforms.some(({ isUsed }) => isUsed));
  const columns = fittingColumns(width, images, detailColumns(hasChip, paint));
  const [nameColumn, ...details] = columns;
  const spaced = images.some(({ platforms }) => platforms.length > 0);
  const row = (one: TreeDetails, color: Paint) =>
    details.map((column) => gap + cell(column, column.bare ? unpainted : color, column.text(one))).join("");
  const name = (color: Paint, text: string) => cell(nameColumn, color, text);

  const image = (one: TreeImage) => {
    const names = one.names.toSorted((a, b) => b.length - a.length);
    const above = names.slice(0, -1).map((long) => `${paint.name(shorten(long, screen.columns))}\n`);
    const last = names.at(-1);
    const shown = last === undefined ? name(paint.faint, "<untagged>") : name(paint.name, last);
    const below = one.platforms.map((platform, i) => {
      const color = platform.isHere ? paint.normal : paint.missing;
      const branch = i === one.platforms.length - 1 ? "└─ " : "├─ ";
      return `${name(color, branch + platform.platform)}${row(platform, color)}\n`;
    });
    return `${above.join("")}${shown}${row(one, paint.normal)}${spaced ? "\n" : ""}${below.join("")}\n`;
  };

  const heads = columns.map((column) => cell(column, paint.title, column.title.toUpperCase())).join(gap);
  return [
    `${paint.warning("WARNING: This is an experimental feature. The output may change and shouldn't be depended on.")}\n`,
    `${legend(width, paint)}\n\n${heads}\n`,
    ...images.map(image),
  ].join("");
}

function paintsOf({ isTerminal, colour }: TreeScreen) {
  const on = (paint: Paint) => (isTerminal && colour ? paint : unpainted);
  return {
    title: colour ? painted(39, 1) : unpainted,
    name: on(painted(34, 1)),
    normal: on(painted(39)),
    faint: on(painted(39, 2)),
    missing: on(painted(39, 2)),
    warning: on(painted(93)),
    info: isTerminal && colour ? fancyInfo : " Info -> ",
    chip: isTerminal && colour ? "\x1b[38;5;0m\x1b[48;5;14m U \x1b[0m" : "U",
    noChip: isTerminal && colour ? "   " : " ",
  };
}

const fancyInfo = "\x1b[1m\x1b[106m\x1b[30mi\x1b[0m \x1b[96mInfo → \x1b[0m";

function detailColumns(hasChip: boolean, paint: ReturnType<typeof paintsOf>): Column[] {
  const title = "Extra";
  const chip = ({ isUsed }: TreeDetails) => (isUsed ? paint.chip : paint.noChip);
  return [
    { title: "ID", width: 12, text: ({ id }) => id },
    { title: "Disk usage", width: 10, right: true, text: ({ diskUsage }) => diskUsage },
    { title: "Content size", width: 12, right: true, text: ({ contentSize }) => contentSize },
    { title, width: title.length, bare: true, text: (one) => (hasChip ? chip(one) : "") },
  ];
}

/** Names take what is left, at most what they need; columns for which that leaves too little go. */
function fittingColumns(
  width: number,
  images: readonly TreeImage[],
  columns: readonly Column[],
): readonly [Column, ...Column[]] {
  let room = width;
  const kept: Column[] = [];
  for (const column of columns) {
    const needed = column.width + gap.length;
    if (room - needed < narrowestName) break;
    room -= needed;
    kept.push(column);
  }
  const title = "Image";
  // Docker counts bytes here; the branches have three in a character.
  const widest = images.flatMap(({ names, platforms }) => [
    ...names.map((name) => Buffer.byteLength(name)),
    ...platforms.map(({ platform }) => Buffer.byteLength(`└─ ${platform}`)),
  ]);
  return [{ title, width: Math.min(room, Math.max(title.length, ...widest)), text: () => "" }, ...kept];
}

function legend(width: number, { info, chip }: ReturnType<typeof paintsOf>): string {
  const text = `${info} ${chip} In Use `;
  return " ".repeat(Math.max(width - visible(text).length, 0)) + text;
}

function cell({ width, right }: Column, color: Paint, text: string): string {
  const length = [...visible(text)].length;
  if (length > width) return color(shorten(text, width));
  const fill = " ".repeat(width - length);
  return right ? fill + color(text) : color(text) + fill;
}

function visible(text: string): string {
  return text.replace(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g"), "");
}

/** With room for nothing there is nothing to cut; a text that fills its room exactly is cut as well. */
function shorten(text: string, length: number): string {
  const letters = [...text];
  return length === 0 || letters.length < length ? text : `${letters.slice(0, length - 1).join("")}…`;
}

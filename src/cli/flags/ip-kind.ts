/**
 * 4, 6, or 0 for what is no address; as `isIP` of node:net, whose import takes a third as long
 * as a whole short command.
 */
export function ipKind(text: string): 0 | 4 | 6 {
  if (/^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text)) return 4;
  if (!/^[\da-fA-F:.]*:[\da-fA-F:.]*(%[^%\s]+)?$/.test(text)) return 0;
  return URL.canParse(`http://[${text.replace(/%.*/, "")}]/`) ? 6 : 0;
}

import type { AliasNode, ListNode, MapNode, ScalarNode, YamlNode } from "./node.ts";
import { scanTokens } from "./scan-tokens.ts";
import type { Token, TokenKind } from "./token.ts";
import { YamlFault } from "./yaml-fault.ts";

const standardPrefix = "tag:yaml.org,2002:";

/** The documents of a text, as nodes. Throws a YamlFault. */
export function parseNodes(text: string): YamlNode[] {
  return new Parser(text).documents();
}

interface Properties {
  readonly start: number;
  readonly tag: string;
  readonly anchor: string;
}

/** One method for every rule of the grammar; tokens are taken one by one. */
class Parser {
  private readonly tokens: readonly Token[];
  private readonly fault: YamlFault | undefined;
  private at = 0;
  private readonly anchors = new Map<string, YamlNode>();
  private handles = new Map<string, string>();

  constructor(private readonly text: string) {
    ({ tokens: this.tokens, fault: this.fault } = scanTokens(text));
  }

  private get token(): Token {
    const token = this.tokens[this.at];
    if (!token) throw this.fault ?? new YamlFault("the text ends too early", 0);
    return token;
  }

  private take(kind: TokenKind): boolean {
    if (this.token.kind !== kind) return false;
    this.at++;
    return true;
  }

  private nextIs(a: TokenKind, b = a, c = a, d = a): boolean {
    const { kind } = this.token;
    return kind === a || kind === b || kind === c || kind === d;
  }

  documents(): YamlNode[] {
    const documents: YamlNode[] = [];
    for (;;) {
      while (this.take("document end"));
      if (this.nextIs("end")) return documents;
      this.directives();
      const isMarked = this.take("document start");
      if (!isMarked && documents.length > 0) {
        throw this.wrong('a new document must begin with a line "---"');
      }
      documents.push(
        this.nextIs("directive", "document start", "document end", "end")
          ? this.nothing()
          : this.node(true, false),
      );
      if (!this.nextIs("document start", "document end", "end", "directive")) throw this.leftOver();
    }
  }

  private directives(): void {
    this.handles = new Map([
      ["!", "!"],
      ["!!", standardPrefix],
    ]);
    const isThere = this.nextIs("directive");
    for (; this.nextIs("directive"); this.at++) {
      const [name, handle = "", prefix = ""] = this.token.value.split(/\s+/);
      if (name === "%TAG") this.handles.set(handle, prefix);
    }
    if (isThere && !this.nextIs("document start"))
      throw this.wrong('a line "---" must follow the directives');
  }

  /** What no rule above wanted: nearly always a line that is indented wrongly. */
  private leftOver(): YamlFault {
    if (this.fault && this.fault.at <= this.token.start) return this.fault;
    return this.wrong("this line does not fit the ones above: is it indented as its neighbours are?");
  }

  private wrong(message: string, at = this.token.start): YamlFault {
    return new YamlFault(message, at);
  }

  private nothing(start = this.token.start): ScalarNode {
    return { kind: "scalar", text: "", isPlain: true, tag: "", start };
  }

  /** `mayBeIndentless`: a list below a key need not be indented. */
  private node(isBlock: boolean, mayBeIndentless: boolean): YamlNode {
    const { token } = this;
    if (token.kind === "scalar") {
      this.at++;
      return { kind: "scalar", text: token.value, isPlain: token.isPlain, start: token.start, tag: "" };
    }
    if (token.kind === "alias") return this.alias(token);
    const properties = this.properties();
    const kind = this.token.kind;
    if (mayBeIndentless && kind === "-") return this.indentlessList(properties);
    if (kind === "scalar") {
      const { value: text, isPlain } = this.token;
      this.at++;
      const { start, tag } = properties;
      return this.known<ScalarNode>(properties, { kind: "scalar", text, isPlain, start, tag });
    }
    if (kind === "[") return this.flowList(properties);
    if (kind === "{") return this.flowMap(properties);
    if (isBlock && kind === "block list") return this.blockList(properties);
    if (isBlock && kind === "block mapping") return this.blockMap(properties);
    if (properties.tag !== "" || properties.anchor !== "") {
      return this.known(properties, { ...this.nothing(properties.start), tag: properties.tag });
    }
    throw this.leftOver();
  }

  private alias(token: Token): AliasNode {
    const target = this.anchors.get(token.value);
    if (!target) throw this.wrong(`there is no anchor "&${token.value}" above this alias`);
    this.at++;
    return { kind: "alias", name: token.value, target, tag: "", start: token.start };
  }

  private properties(): Properties {
    const { start } = this.token;
    let tag = "";
    let anchor = "";
    for (;;) {
      const { kind, value } = this.token;
      if (kind === "tag" && tag === "") tag = this.fullTag(value);
      else if (kind === "anchor" && anchor === "") anchor = value;
      else return { start, tag, anchor };
      this.at++;
    }
  }

  private fullTag(written: string): string {
    if (written === "!") return "!";
    if (written.startsWith("!<")) return written.slice(2, -1);
    const [, handle = "!", suffix = ""] = /^(![\w-]*!|!)(.*)$/.exec(written) ?? [];
    const prefix = this.handles.get(handle);
    if (prefix === undefined) throw this.wrong(`the tag handle "${handle}" is not declared`);
    return `${prefix}${suffix}`;
  }

  private known<N extends YamlNode>({ anchor }: Properties, node: N): N {
    if (anchor !== "") this.anchors.set(anchor, node);
    return node;
  }

  private blockList(properties: Properties): ListNode {
    const list = this.newList(properties);
    this.at++;
    while (this.take("-")) {
      list.items.push(this.nextIs("-", "block end") ? this.nothing() : this.node(true, false));
    }
    if (!this.take("block end")) throw this.wrong('an item of this list must begin with "- "');
    return list;
  }

  private indentlessList(properties: Properties): ListNode {
    const list = this.newList(properties);
    while (this.take("-")) {
      const isEmpty = this.nextIs("-", "key", "value", "block end");
      list.items.push(isEmpty ? this.nothing() : this.node(true, false));
    }
    return list;
  }

  private newList(properties: Properties): ListNode {
    return this.known(properties, { kind: "list", items: [], tag: properties.tag, start: properties.start });
  }

  private newMap(properties: Properties): MapNode {
    return this.known(properties, { kind: "map", pairs: [], tag: properties.tag, start: properties.start });
  }

  private blockMap(properties: Properties): MapNode {
    const map = this.newMap(properties);
    this.at++;
    for (;;) {
      const { start } = this.token;
      if (this.take("block end")) return map;
      if (!this.take("key")) throw this.leftOver();
      const key = this.nextIs("key", "value", "block end") ? this.nothing(start) : this.node(true, true);
      map.pairs.push([key, this.take("value") ? this.blockValue(key) : this.nothing(key.start)]);
    }
  }

  private blockValue(key: YamlNode): YamlNode {
    return this.nextIs("key", "value", "block end") ? this.nothing(key.start) : this.node(true, true);
  }

  private flowList(properties: Properties): ListNode {
    const list = this.newList(properties);
    const open = this.token.start;
    this.at++;
    while (!this.take("]")) {
      if (list.items.length > 0 && !this.take(",")) throw this.unclosed("[", "]", open);
      if (this.nextIs("key")) list.items.push(this.flowPair());
      else if (!this.nextIs("]")) list.items.push(this.node(false, false));
    }
    return list;
  }

  /** `[a: b]`: a mapping of one pair. */
  private flowPair(): MapNode {
    const { start } = this.token;
    this.at++;
    const key = this.nextIs("value", ",", "]") ? this.nothing(start) : this.node(false, false);
    const value =
      this.take("value") && !this.nextIs(",", "]") ? this.node(false, false) : this.nothing(key.start);
    return { kind: "map", pairs: [[key, value]], tag: "", start };
  }

  private flowMap(properties: Properties): MapNode {
    const map = this.newMap(properties);
    const open = this.token.start;
    this.at++;
    while (!this.take("}")) {
      if (map.pairs.length > 0 && !this.take(",")) throw this.unclosed("{", "}", open);
      if (this.nextIs("}")) continue;
      const { start } = this.token;
      const isKey = this.take("key");
      const key = isKey && this.nextIs("value", ",", "}") ? this.nothing(start) : this.node(false, false);
      const hasValue = isKey && this.take("value") && !this.nextIs(",", "}");
      map.pairs.push([key, hasValue ? this.node(false, false) : this.nothing(key.start)]);
    }
    return map;
  }

  private unclosed(open: string, close: string, start: number): YamlFault {
    if (this.nextIs("end", "document start", "document end")) {
      return this.wrong(`"${open}" is never closed by "${close}"`, start);
    }
    const line = this.text.slice(0, start).split("\n").length;
    return this.wrong(`"," or "${close}" is expected here: the "${open}" of line ${line} is still open`);
  }
}

import { describe, expect, test } from "bun:test";
import { template } from "./template.ts";

const formatTemplate = (text: string, data: unknown) => template(text).format(data);

const data = {
  Name: "web",
  Count: 3,
  None: null,
  Empty: [],
  Names: ["b", "a"],
  Labels: { z: "1", a: "2" },
  Nested: { "not.a.name": 1, Deep: { Ok: true } },
};

/** Each as Go's text/template with the docker program's functions prints it. */
const cases: [template: string, text: string][] = [
  ["{{.Name}}", "web"],
  ["a {{ .Name }} b\\t{{.Count}}\\n", "a web b\\t3\\n"],
  [
    "{{.}}",
    "map[Count:3 Empty:[] Labels:map[a:2 z:1] Name:web Names:[b a] Nested:map[Deep:map[Ok:true] not.a.name:1] None:<nil>]",
  ],
  ["{{.None}}", "<no value>"],
  ["{{json .Labels}} {{json .None}}", '{"z":"1","a":"2"} null'],
  ['{{join .Names "-"}} {{upper .Name}} {{.Name | title | printf "<%s>"}}', "b-a WEB <Web>"],
  ["{{if .Empty}}yes{{else}}no{{end}} {{if .Count}}yes{{end}}", "no yes"],
  ['{{if .Empty}}a{{else if eq .Name "web"}}b{{else}}c{{end}}', "b"],
  ["{{range .Names}}[{{.}}]{{else}}none{{end}}", "[b][a]"],
  ["{{range $i, $n := .Names}}{{$i}}={{$n}} {{end}}", "0=b 1=a "],
  ["{{range $key, $value := .Labels}}{{$key}}{{$value}}{{end}}", "a2z1"],
  ["{{range .Empty}}x{{else}}none{{end}}", "none"],
  [
    '{{range .Names}}{{.}}{{break}}{{end}}|{{range .Names}}{{if eq . "b"}}{{continue}}{{end}}{{.}}{{end}}',
    "b|a",
  ],
  ["{{with .Nested.Deep}}{{.Ok}}{{$.Name}}{{end}}{{with .None}}x{{else}}y{{end}}", "trueweby"],
  ['{{$x := .Name}}{{$x}}{{$x = "new"}}{{$x}}', "webnew"],
  ['{{index .Names 1}} {{index .Labels "z"}} {{(index .Nested "Deep").Ok}}', "a 1 true"],
  ["{{len .Names}} {{len .Name}} {{len .Labels}}", "2 3 2"],
  [
    '{{eq .Count 1 2 3}} {{ne .Name "web"}} {{lt 1 2}} {{ge .Count 3}} {{not .Empty}}',
    "true false true true true",
  ],
  ["{{and .Name .Count}} {{and .Empty .Nope}} {{or .Empty .Name .Nope}}", "3 [] web"],
  [
    '{{printf "%-5s|%5s|%05d|%x|%q|%.2f|%v" .Name .Name 7 255 "a" 1.5 .Names}}',
    'web  |  web|00007|ff|"a"|1.50|[b a]',
  ],
  ['{{printf "%d" .Name}} {{printf "%s"}} {{printf "x" 1}}', "%!d(string=web) %!s(MISSING) x%!(EXTRA int=1)"],
  ['{{println .Name 1}}{{print "a" 1 2}}', "web 1\na1 2"],
  ['{{pad .Name 1 2}}|{{truncate .Name 2}}|{{split "a,b" ","}}|{{slice .Name 1 3}}', " web  |we|[a b]|eb"],
  ["a \n{{- .Name -}}\n b{{/* nothing */}}c", "awebbc"],
  ['{{"}}"}}{{`raw`}}', "}}raw"],
  ['{{json "<a&b>"}}', '"<a&b>"'],
  ['{{html "<a>"}} {{urlquery "a b&"}}', "&lt;a&gt; a+b%26"],
];

describe("formatTemplate()", () => {
  for (const [text, expected] of cases) {
    test(text, () => expect(formatTemplate(text, data)).toBe(expected));
  }

  test("says what is wrong with a template", () => {
    const messageOf = (text: string) => {
      try {
        return formatTemplate(text, data);
      } catch (error) {
        return error instanceof Error ? error.message : "";
      }
    };
    expect(messageOf("{{.Name")).toBe("template parsing error: template: :1: unclosed action");
    expect(messageOf("{{if .Name}}")).toContain("unexpected EOF");
    expect(messageOf("{{end}}")).toContain("unexpected {{end}}");
    expect(messageOf("{{nope .Name}}")).toContain('function "nope" not defined');
    expect(messageOf("{{.Nope}}")).toContain('map has no entry for key "Nope"');
    expect(messageOf("{{.None.Deep}}")).toContain("nil pointer");
    expect(messageOf("{{.Name.Deep}}")).toContain("can't evaluate field Deep");
    expect(messageOf("{{$nope}}")).toContain("undefined variable");
    expect(messageOf('{{"a}}')).toContain("unterminated quoted string");
    expect(messageOf("{{index .Names 7}}")).toContain("out of range");
    expect(messageOf("{{range .Name}}{{end}}")).toContain("range can't iterate over web");
    expect(messageOf("{{.Name | }}")).toContain("missing value for command");
    expect(messageOf("{{(.Name}}")).toContain("unclosed left paren");
  });
});

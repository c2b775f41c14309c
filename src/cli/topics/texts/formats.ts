export const formatsTopic = `
--format takes

  table             the usual table
  table TEMPLATE    a table with columns of your own
  json              one object a line
  TEMPLATE          a template of Go for each

  hull ps --format 'table {{.Names}}\\t{{.Status}}'
  hull ps -a --format '{{.ID}} {{.Label "app"}}'
  hull inspect -f '{{.State.Status}}' web
  hull inspect -f '{{json .Mounts}}' web
  hull inspect -f '{{range $name, $net := .NetworkSettings.Networks}}{{$name}} {{$net.IPAddress}}{{"\\n"}}{{end}}' web

Field names of lists are those of \`--format json\`; of inspect those it prints. Functions beside Go's own (and, or, not, eq, ne, lt, gt, len, index, slice, printf, print, println, html, js, urlquery): json, split, join, title, lower, upper, pad, truncate.

Formats to be used always go into config.json: psFormat, imagesFormat, networksFormat, volumesFormat, statsFormat, pluginsFormat and so on.
`;

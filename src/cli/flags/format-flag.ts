import { stringFlag } from "./flag.ts";

/** `--format` of list commands. */
export const formatFlag = () =>
  stringFlag(
    `Format output using a custom template:
'table':            Print output in table format with column headers (default)
'table TEMPLATE':   Print output in table format using the given Go template
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`,
  );

/** `--format` of inspect commands. */
export const inspectFormatFlag = () =>
  stringFlag(
    `Format output using a custom template:
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`,
    { short: "f" },
  );

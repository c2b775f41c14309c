export interface ExecuteOptions {
  /** What Go calls the data: a row of a list, whose fields are methods there. */
  readonly typeName?: string;
  /** For the head of a table: functions give back what they are given, an unknown field `<no value>`. */
  readonly forHead?: boolean;
}

/** A device of the Container Device Interface: `vendor.com/class=name`. */
export const isCdiName = (text: string): boolean =>
  /^[A-Za-z](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\/[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9])?=[A-Za-z0-9](?:[A-Za-z0-9._:-]*[A-Za-z0-9])?$/.test(
    text,
  );

/** `0.3s`, `12.0s`, `2m05s` */
export function seconds(milliseconds: number): string {
  const whole = milliseconds / 1000;
  if (whole < 100) return `${whole.toFixed(1)}s`;
  const rounded = Math.round(whole);
  const [minutes, rest] = [Math.floor(rounded / 60), rounded % 60];
  return `${minutes}m${String(rest).padStart(2, "0")}s`;
}

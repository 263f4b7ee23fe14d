export const sum = (values) => values.reduce((total, value) => total + value, 0);

export const median = (values) => quantile(values, 0.5);

export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export function groupBy(values, keyOf) {
  const groups = {};
  for (const value of values) (groups[keyOf(value)] ??= []).push(value);
  return groups;
}

/** So many of the values, evenly over all of them. */
export const spread = (values, count) =>
  values.filter((_, index) => Math.floor((index * count) / values.length) !== Math.floor(((index - 1) * count) / values.length));

export function shuffled(values) {
  const shuffled = [...values];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const index = Math.floor(Math.random() * (last + 1));
    [shuffled[index], shuffled[last]] = [shuffled[last], shuffled[index]];
  }
  return shuffled;
}

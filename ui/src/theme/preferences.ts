import { useSyncExternalStore } from 'react';

/** How much air there is between things. */
export type Density = 'dense' | 'roomy';

const densityKey = 'provost.density';
const listeners = new Set<() => void>();

/** Where Mantine keeps the chosen colour scheme; public/first-paint.js reads the same key. */
export const coloursKey = 'provost.colours';

function readDensity(): Density {
  return localStorage.getItem(densityKey) === 'roomy' ? 'roomy' : 'dense';
}

/** The person's density and the way to change it; it is kept per browser, as it depends on the screen. */
export function useDensity(): [Density, (density: Density) => void] {
  const density = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, readDensity);
  const change = (chosen: Density) => {
    localStorage.setItem(densityKey, chosen);
    for (const listener of listeners) listener();
  };
  return [density, change];
}

import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { vi, type Dictionary } from './vi';

export type Language = 'vi' | 'en';
const key = 'hl.language';
let current: Language = localStorage.getItem(key) === 'en' ? 'en' : 'vi';
/** For the API client: the language of the answers. */
export const languageNow = (): Language => current;

const Context = createContext<{ language: Language; t: Dictionary; set: (l: Language) => void }>({ language: 'vi', t: vi, set: () => {} });

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(current);
  const [english, setEnglish] = useState<Dictionary | null>(null);
  useEffect(() => {
    document.documentElement.lang = language;
    // The second language is loaded when it is asked for.
    if (language === 'en' && !english) void import('./en').then((m) => setEnglish(m.en));
  }, [language, english]);
  const set = (l: Language) => {
    current = l;
    localStorage.setItem(key, l);
    setLanguage(l);
  };
  if (language === 'en' && !english) return null;
  return <Context value={{ language, t: language === 'en' && english ? english : vi, set }}>{children}</Context>;
}
export const useT = (): Dictionary => useContext(Context).t;
export const useLanguage = () => useContext(Context);

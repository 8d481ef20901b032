import type { Company } from '../directory/company.js'
import type { Menu } from '../directory/menu-schema.js'
import type { Language } from '../ids.js'
import type { Phrase, Sentence } from './phrase.js'

/** In which language a menu is spoken to somebody who would like this one: the company's own if there are no words in it. */
export const languageOfMenu = (company: Company, menu: Menu, wanted: Language): Language =>
  menu.text[wanted] === undefined ? company.language : wanted

/** What callers hear: the recording under the key `menu/<company>/<menu>`, or else the words of the company file. */
export function companyMenu(company: Company, menu: Menu, language: Language): Sentence {
  const phrase: Phrase = {
    key: `menu/${company.company}/${menu.id}`,
    text: menu.text[language]?.trim() ?? '',
    instead: [],
  }
  return [phrase]
}

import { officeFile } from '../support/office.js'

/** The office with a menu on its main number by day, and a mailbox outside its hours. */
export const menuFile = {
  ...officeFile,
  owned: ['+46846500405'],
  hours: [
    {
      id: 'kontor',
      week: {
        mon: ['08:00-17:00'],
        tue: ['08:00-17:00'],
        wed: ['08:00-17:00'],
        thu: ['08:00-17:00'],
        fri: ['08:00-17:00'],
      },
      holidays: {},
    },
  ],
  numbers: [
    {
      number: '+46846500400',
      to: { hours: 'kontor', open: 'menu:start', closed: 'menu:stangt' },
    },
    { number: '+46846500405', to: { hours: 'kontor', open: 'person:bo', closed: 'voicemail:rut' } },
  ],
  menus: [
    {
      id: 'start',
      text: {
        sv: 'Välkommen till Kontoret. Tryck ett för Anna, två för mer',
        en: 'Welcome. Press one for Anna, two for more',
      },
      keys: {
        '1': 'person:anna',
        '2': 'menu:mer',
        '3': { hours: 'kontor', open: 'person:bo', closed: 'voicemail:rut' },
        '4': 'number:+46701740611',
      },
    },
    {
      id: 'mer',
      text: { sv: 'Tryck ett för Bo, nio för att gå tillbaka' },
      keys: { '1': 'person:bo', '9': 'menu:start' },
    },
    {
      id: 'stangt',
      text: { sv: 'Vi har stängt. Tryck ett för att lämna ett meddelande, två för att bli uppringd' },
      keys: { '1': 'voicemail:rut', '2': 'callback:rut' },
      noKey: 'voicemail:rut',
    },
  ],
}

export const welcome = 'Välkommen till Kontoret. Tryck ett för Anna, två för mer.'
/** 2026-11-23, a Monday, at 12:00 in Stockholm. */
export const mondayNoon = '2026-11-23T11:00:00Z'

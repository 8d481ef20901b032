import type { Company } from './company.js'
import { error, warning, type Problem } from './problem.js'

/** Whether the rules of recording can be carried out (O-14). */
export function checkRecording(company: Company): readonly Problem[] {
  const { recording } = company
  const problems: Problem[] = []
  recording.people.forEach((id, index) => {
    if (id !== '*' && !company.people.some((person) => person.id === id))
      problems.push(
        error(
          ['recording', 'people', index],
          `there is no person "${id}" in this company; "*" stands for everybody`,
        ),
      )
  })
  if (recording.hours !== undefined && !company.hours.some(({ id }) => id === recording.hours))
    problems.push(error(['recording', 'hours'], `there are no opening hours "${recording.hours}"`))
  if (company.country === 'DE' && recording.consent === 'silent')
    problems.push(
      error(
        ['recording', 'consent'],
        'in Germany nobody may be recorded without knowing it (section 201 StGB): announce or off',
      ),
    )
  if (!recording.licence && recording.people.length > 0)
    problems.push(warning(['recording', 'licence'], 'without the licence nobody is recorded'))
  return problems
}

import { Button } from './button'
import { Input } from './field'

type Props = {
  id: string
  /** As it is typed. */
  value: string
  onValue(value: string): void
  /** Lengths to pick; those over `most` are not offered. */
  usual: number[]
  most: number
  required: boolean
}

/** How many minutes, typed or picked. */
export const MinutesInput = ({ id, value, onValue, usual, most, required }: Props) => (
  <div className="flex flex-wrap gap-1.5">
    <Input
      id={id}
      inputMode="numeric"
      pattern="[0-9]*"
      className="w-28!"
      value={value}
      onChange={(event) => onValue(event.target.value)}
      required={required}
    />
    {usual
      .filter((length) => length <= most)
      .map((length) => (
        <Button key={length} onClick={() => onValue(String(length))}>
          {length < 60 ? `${length} min` : `${length / 60} h`}
        </Button>
      ))}
  </div>
)

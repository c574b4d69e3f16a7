import { createContext, useContext } from 'react';
import type { VariableValue } from '#backend/schemas/flowApi.ts';

interface StepChoice {
  id: string;
  title: string;
}

/** A value that an earlier step will have come to. */
export interface StepValue {
  /** As conditions and templates name it: steps.find.customer.name. */
  name: string;
  title: string;
  /** The step's name. */
  group: string;
  /** Its ways out, where it parts the way: what the value can be. */
  choices: { value: string; name: string }[];
  kind: 'text' | 'number' | 'yes_no';
}

/** What the fields of a step's form may refer to; absent in forms that stand alone. */
export interface FormSurroundings {
  /** Where a jump may go on. */
  steps: StepChoice[];
  /** What steps before this one will have come to. */
  stepValues: StepValue[];
  /** Names that templates may use, with the values that the chosen customer has now. */
  variables: VariableValue[];
  /** Whose values they are; null: nobody is chosen. */
  customerName: string | null;
  chooseCustomer: (journeyId: string | null) => void;
}

export const FormContext = createContext<FormSurroundings | null>(null);

export function useFormSurroundings(): FormSurroundings | null {
  return useContext(FormContext);
}

// Some changes want a password that was entered a short while ago. The page that holds the dialog answers here.
import { shallowRef } from 'vue';

export const passwordAsked = shallowRef<{ answer: (given: boolean) => void }>();

export function askPassword(): Promise<boolean> {
  return new Promise((resolve) => {
    passwordAsked.value = {
      answer: (given) => {
        passwordAsked.value = undefined;
        resolve(given);
      },
    };
  });
}

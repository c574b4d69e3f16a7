import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { api } from '../../api.ts';
import { notifyDone, notifyError } from '../common/notify.tsx';

/** Takes a flow over from the gallery, as a draft, and opens it. */
export function useInstall(key: string) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => api.installFlow(key),
    onSuccess: async ({ flow }) => {
      notifyDone(`${flow.name} is yours now, as a draft: it starts for nobody until you publish it.`);
      await queryClient.invalidateQueries({ queryKey: ['flows'] });
      await navigate(`/flows/${flow.id}`);
    },
    onError: (error) => notifyError('The flow could not be taken over', error),
  });
}

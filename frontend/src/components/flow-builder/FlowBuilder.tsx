import { useEffect, useEffectEvent } from 'react';
import { ReactFlowProvider } from 'reactflow';
import type { FlowReply } from '#backend/schemas/api.ts';
import { useCanEdit } from '../../session.ts';
import { BuilderContext } from './BuilderContext.ts';
import { BuilderAlerts } from './BuilderAlerts.tsx';
import { BuilderDialogs } from './BuilderDialogs.tsx';
import { BuilderPanel } from './BuilderPanel.tsx';
import { BuilderStage } from './BuilderStage.tsx';
import type { Integrations } from './catalogue.ts';
import styles from './FlowBuilder.module.css';
import { FlowMenu } from './FlowMenu.tsx';
import { FlowToolbar } from './FlowToolbar.tsx';
import { FormContext } from './forms/FormContext.ts';
import { LeaveDialog } from './LeaveDialog.tsx';
import { Palette } from './Palette.tsx';
import { PublishButton, reasonAgainst } from './PublishButton.tsx';
import { useBuilder } from './useBuilder.ts';

export interface FlowBuilderProps {
  flow: FlowReply;
  integrations: Integrations;
  /** Opens the flow anew as the server has it. */
  onReload: () => void;
}

/** Where a flow is built: palette, canvas or list, and what stands beside them. */
export function FlowBuilder(props: FlowBuilderProps) {
  return (
    <ReactFlowProvider>
      <Builder {...props} />
    </ReactFlowProvider>
  );
}

function Builder({ flow, integrations, onReload }: FlowBuilderProps) {
  const canEdit = useCanEdit();
  const builder = useBuilder({ flow, integrations, canEdit });
  const { editor, hands, view, open, surroundings } = builder;
  const { saving } = editor;
  const reason = reasonAgainst({
    flow,
    isDirty: saving.isDirty,
    saveState: saving.state,
    problems: saving.problems,
  });
  const { past, future } = editor.state;
  const isUntouched = past.length + future.length === 0 && builder.dialog === null;
  const reopen = useEffectEvent(onReload);
  // Nothing was edited here that could be lost: what somebody else saved meanwhile is simply shown.
  useEffect(() => {
    if (saving.isOvertaken && isUntouched) reopen();
  }, [saving.isOvertaken, isUntouched]);
  const mayPublish = canEdit && flow.flow.status !== 'archived';
  return (
    <BuilderContext value={canEdit ? hands : null}>
      <FormContext value={surroundings}>
        <div className={styles.builder}>
          <FlowToolbar
            flow={flow}
            editor={editor}
            commands={builder.commands}
            canEdit={canEdit}
            view={view}
            onView={(chosen) => open.view(chosen === 'list' ? 'list' : 'canvas')}
          >
            {mayPublish ? <PublishButton reason={reason} onOpen={open.publish} /> : null}
            <FlowMenu flow={flow} canEdit={canEdit} flush={saving.flush} onReload={onReload} />
          </FlowToolbar>
          {saving.isOvertaken && isUntouched ? null : (
            <BuilderAlerts state={saving.state} error={saving.error} onReload={onReload} />
          )}
          <div className={styles.body} data-editable={canEdit && !builder.earlier}>
            {canEdit && !builder.earlier ? <Palette onAdd={builder.addFromPalette} /> : null}
            <BuilderStage builder={builder} flow={flow} canEdit={canEdit} onReload={onReload} />
            <BuilderPanel builder={builder} flow={flow} canEdit={canEdit} />
          </div>
          <BuilderDialogs builder={builder} flow={flow} />
          <div className="visually-hidden" aria-live="polite" role="status">
            {builder.said}
          </div>
          <LeaveDialog isDirty={saving.isDirty} flush={saving.flush} />
        </div>
      </FormContext>
    </BuilderContext>
  );
}

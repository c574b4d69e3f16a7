import type { FlowReply } from '#backend/schemas/api.ts';
import { countOf } from '../../money.ts';
import { keyOfEarlier } from './CompareView.tsx';
import { EmailPreview } from './EmailPreview.tsx';
import { FlowOverview } from './FlowOverview.tsx';
import { NodePanel } from './NodePanel.tsx';
import { RulesPanel } from './RulesPanel.tsx';
import { SelectionPanel } from './SelectionPanel.tsx';
import { SidePanel } from './SidePanel.tsx';
import { TryPanel } from './try/TryPanel.tsx';
import type { BuilderState } from './useBuilder.ts';
import { VersionsPanel } from './VersionsPanel.tsx';
import { WaysFields } from './WaysFields.tsx';

interface BuilderPanelProps {
  builder: BuilderState;
  flow: FlowReply;
  canEdit: boolean;
}

/** Beside the canvas: the selected step's settings, what is selected, or the flow as a whole. */
export function BuilderPanel({ builder, flow, canEdit }: BuilderPanelProps) {
  const { editor, onlyNode, panel, titleOfNode, select } = builder;
  const { selected } = editor.state;
  // Trying out and comparing select steps themselves, and have to be seen while they do.
  const isAboutFlow = panel === 'test' || builder.earlier !== null;
  const common = { panel, onPanel: builder.showPanel, canEdit };
  if (!isAboutFlow && onlyNode) {
    const selection = { title: titleOfNode(onlyNode.id), onClose: () => select(null) };
    return (
      <SidePanel {...common} selection={selection}>
        <StepSettings key={onlyNode.id} builder={builder} flow={flow} canEdit={canEdit} />
      </SidePanel>
    );
  }
  if (!isAboutFlow && selected.size > 0) {
    const words = countOf(selected.size, 'thing is selected', 'things are selected');
    return (
      <SidePanel {...common} selection={{ title: 'Selection', onClose: () => select(null) }}>
        <SelectionPanel words={`${words}.`} commands={builder.commands} />
      </SidePanel>
    );
  }
  return (
    <SidePanel {...common} selection={null}>
      <FlowPanel builder={builder} flow={flow} canEdit={canEdit} />
    </SidePanel>
  );
}

function StepSettings({ builder, flow, canEdit }: BuilderPanelProps) {
  const { editor, graph, catalogue, onlyNode: node, goTo } = builder;
  const { dispatch } = editor;
  if (!node) return null;
  return (
    <NodePanel
      node={node}
      catalogue={catalogue}
      problems={builder.problems.filter(({ nodeId }) => nodeId === node.id)}
      readOnly={!canEdit}
      goTo={goTo?.nodeId === node.id ? goTo : null}
      onChange={(field, values) => dispatch({ type: 'valuesChanged', nodeId: node.id, field, values })}
      onTitle={(title) => dispatch({ type: 'titled', nodeId: node.id, title })}
      onSwitch={(disabled) => dispatch({ type: 'switched', nodeIds: [node.id], disabled })}
      onDuplicate={() => builder.clipboard.duplicate()}
      onRemove={() => builder.acts.remove(node.id)}
      onBlur={() => dispatch({ type: 'paused' })}
      onArrived={() => builder.setGoTo(null)}
    >
      {node.type === 'send_email' && canEdit ? (
        <EmailPreview
          flowId={flow.flow.id}
          node={node}
          journeyId={builder.journeyId}
          customerName={builder.surroundings.customerName}
          onCustomer={builder.chooseCustomer}
        />
      ) : null}
      <WaysFields
        graph={graph}
        node={node}
        titleOf={builder.titleOfNode}
        readOnly={!canEdit}
        onConnect={builder.connectWay}
      />
    </NodePanel>
  );
}

function FlowPanel({ builder, flow, canEdit }: BuilderPanelProps) {
  const { editor, graph, panel, problems, earlier } = builder;
  const { saving, dispatch } = editor;
  switch (panel) {
    case 'overview':
      return (
        <FlowOverview
          flow={flow}
          problems={problems}
          isDirty={saving.isDirty}
          titleOf={builder.titleOfNode}
          onOpen={builder.openProblem}
        />
      );
    case 'rules':
      return (
        <RulesPanel
          settings={graph.settings}
          trigger={graph.nodes.find(({ type }) => type === 'trigger')?.data}
          names={builder.names}
          problems={problems}
          readOnly={!canEdit}
          onChange={(field, settings) => dispatch({ type: 'settingsChanged', field, settings })}
        />
      );
    case 'versions':
      return (
        <VersionsPanel
          flowId={flow.flow.id}
          shownKey={earlier && keyOfEarlier(earlier)}
          onShow={builder.setEarlier}
        />
      );
    case 'test':
      return (
        <TryPanel
          flowId={flow.flow.id}
          graph={graph}
          journeyId={builder.journeyId}
          onCustomer={builder.chooseCustomer}
          onShow={builder.setTried}
          onSelect={builder.select}
        />
      );
  }
}

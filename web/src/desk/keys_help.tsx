import { Modal, Switch } from '@mantine/core';
import { useT } from '../i18n';
import { singleKeys, useSingleKeys } from '../lib/keys';

export function KeysHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = useT();
  const on = useSingleKeys();
  const rows: [string[], string][] = [
    [['J', 'K'], t.keys.move], [['Enter'], t.keys.open], [['E'], t.keys.step], [['R'], t.keys.supplement], [['A'], t.keys.assign], [['X'], t.keys.select], [['Z'], t.keys.undo],
    [['P'], t.keys.print], [['/'], t.keys.search], [['Ctrl', 'K'], t.keys.palette], [['F6'], t.keys.panes], [['Esc'], t.keys.back], [['?'], t.keys.help],
  ];
  return (
    <Modal opened={opened} onClose={onClose} title={t.keys.title} size="lg" closeButtonProps={{ 'aria-label': t.common.close }}>
      <p className="quiet" style={{ marginTop: 0 }}>{t.keys.lead}</p>
      <Switch mb={14} label={t.keys.single} description={t.keys.singleHint} checked={on} onChange={(e) => singleKeys.set(e.currentTarget.checked)} />
      <table className="plain">
        <thead><tr><th scope="col">{t.keys.key}</th><th scope="col">{t.keys.does}</th></tr></thead>
        <tbody>{rows.map(([keys, what]) => <tr key={what}><td>{keys.map((k, i) => <span key={k}>{i > 0 && ' '}<kbd>{k}</kbd></span>)}</td><td>{what}</td></tr>)}</tbody>
      </table>
    </Modal>
  );
}

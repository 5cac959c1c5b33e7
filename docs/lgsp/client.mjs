// A SOAP client made with npm's soap: node client.mjs GATEWAY CLIENT PROVIDER SHEET PARCEL [MESSAGE_ID]
// GATEWAY is http://host:port/, CLIENT and PROVIDER are instance/class/member/subsystem. Prints the answer as JSON; a fault
// as {fault: {code, text}} with exit status 1.
import { fileURLToPath } from 'node:url';
import { randomUUID } from 'node:crypto';
import soap from 'soap';

const [gateway, client, provider, soTo, soThua, id = randomUUID()] = process.argv.slice(2);
const identifier = (path, type, more = '') => {
  const [instance, cls, member, subsystem] = path.split('/');
  return `id:objectType="${type}"><id:xRoadInstance>${instance}</id:xRoadInstance><id:memberClass>${cls}</id:memberClass>` +
    `<id:memberCode>${member}</id:memberCode><id:subsystemCode>${subsystem}</id:subsystemCode>${more}`;
};
const header = '<xrd:client xmlns:xrd="http://x-road.eu/xsd/xroad.xsd" xmlns:id="http://x-road.eu/xsd/identifiers" ' +
  identifier(client, 'SUBSYSTEM') + '</xrd:client>' +
  '<xrd:service xmlns:xrd="http://x-road.eu/xsd/xroad.xsd" xmlns:id="http://x-road.eu/xsd/identifiers" ' +
  identifier(provider, 'SERVICE', '<id:serviceCode>traCuuThuaDat</id:serviceCode><id:serviceVersion>v1</id:serviceVersion>') +
  '</xrd:service>' +
  ['id', 'userId', 'protocolVersion'].map((name, i) =>
    `<xrd:${name} xmlns:xrd="http://x-road.eu/xsd/xroad.xsd">${[id, 'test', '4.0'][i]}</xrd:${name}>`).join('');

const service = await soap.createClientAsync(fileURLToPath(new URL('land.wsdl', import.meta.url)), { endpoint: gateway });
service.addSoapHeader(header);
try {
  const [answer] = await service.traCuuThuaDatAsync({ soTo, soThua });
  const hash = /requestHash[^>]*algorithmId="([^"]+)"[^>]*>([^<]+)</.exec(service.lastResponse);
  console.log(JSON.stringify({ ...answer, id, requestHash: hash ? hash[2].trim() : null }));
} catch (error) {
  const fault = error.root?.Envelope?.Body?.Fault;
  if (!fault) throw error;
  console.log(JSON.stringify({ fault: { code: fault.faultcode, text: fault.faultstring } }));
  process.exitCode = 1;
}

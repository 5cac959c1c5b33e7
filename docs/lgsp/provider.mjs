// A SOAP service made with npm's soap: node provider.mjs PORT. Prints "listening" when it does. It repeats the X-Road
// header fields of the request, as PR-MESS 2.2 asks of services. The parcels are made up.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import soap from 'soap';

const wsdl = readFileSync(fileURLToPath(new URL('land.wsdl', import.meta.url)), 'utf8');
const areas = { '12/7': '125.5', '12/8': '98.25' };

const server = createServer((request, response) => response.writeHead(404).end());
server.listen(Number(process.argv[2]), '127.0.0.1', () => {
  let header = '';
  const service = soap.listen(server, '/dat-dai', {
    DatDai: {
      DatDaiPort: {
        traCuuThuaDat({ soTo, soThua }) {
          const dienTich = areas[`${soTo}/${soThua}`];
          if (dienTich === undefined)
            throw { Fault: { faultcode: 'Client', faultstring: `there is no parcel ${soTo}/${soThua}` } };
          return { dienTich };
        },
      },
    },
  }, wsdl);
  // What stood between the tags of soap:Header goes back as it came. One request at a time, as an example may.
  service.log = (type, data) => {
    if (type !== 'received') return;
    const found = /<(?:[\w-]+:)?Header[^>]*>([\s\S]*?)<\/(?:[\w-]+:)?Header>/.exec(String(data));
    header = found ? found[1] : '';
  };
  service.addSoapHeader(() => header);
  console.log('listening');
});

// A REST service: node rest.mjs PORT. GET /{code} gives a business or 404. The businesses are made up.
import { createServer } from 'node:http';

const businesses = {
  '0100000001': { code: '0100000001', name: 'Công ty TNHH Mẫu Một (dữ liệu mẫu)', status: 'Đang hoạt động' },
  '0100000002': { code: '0100000002', name: 'Hợp tác xã Mẫu Hai (dữ liệu mẫu)', status: 'Tạm ngừng kinh doanh' },
};
createServer((request, response) => {
  const found = businesses[request.url.slice(1)];
  response.writeHead(found ? 200 : 404, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(found ?? { title: 'not found' }));
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening'));

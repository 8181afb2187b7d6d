/** Counts and times requests by the route that took them and the method, of which the parser knows some: no client can make new series. */
import { Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { Counter, Histogram } from 'prom-client';
import { Registry } from './registry.js';

const BOUNDS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Of a request that no route took: refused before, or nothing is there. */
const NO_ROUTE = 'none';

@Injectable()
export class RequestMetrics {
  private readonly requests: Counter;
  private readonly duration: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.requests = new Counter({
      name: 'causeway_management_requests_total',
      help: 'Requests to the management port, by route template, method and status.',
      labelNames: ['method', 'route', 'status'],
      registers,
    });
    this.duration = new Histogram({
      name: 'causeway_management_request_duration_seconds',
      help: 'Time from the head of a request to the end of its answer.',
      labelNames: ['method', 'route'],
      buckets: BOUNDS_SECONDS,
      registers,
    });
  }

  readonly middleware = (request: Request, response: Response, next: NextFunction): void => {
    const startedMs = performance.now();
    // Known when a route has taken the request.
    response.on('close', () => {
      const of = { method: request.method, route: routeOf(request) };
      this.requests.inc({ ...of, status: response.statusCode });
      this.duration.observe(of, (performance.now() - startedMs) / 1000);
    });
    next();
  };
}

/** Such as `/api/v1/groups/:id`. */
function routeOf({ route }: Request): string {
  return typeof route?.path === 'string' ? route.path : NO_ROUTE;
}

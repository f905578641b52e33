"""Carries out the steps of a conversation, with a client of redis-py or of redis.asyncio."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from redis import Redis, RedisCluster, RedisError
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio import RedisCluster as AsyncRedisCluster
from redis.exceptions import NoScriptError

from locks.lock.asking import Block, Conversation, Grant, Pause, Refusal, Run, Step
from locks.lock.errors import LockServerError
from locks.lock.trouble import told

Client = Redis | RedisCluster
AsyncClient = AsyncRedis | AsyncRedisCluster


def perform(client: Client, step: Step) -> Any:
    """Carries out one step and returns the reply. Raises LockServerError."""
    execute: Callable[..., Any] = client.execute_command
    try:
        match step:
            case Run(script, keys, values):
                try:
                    return execute("EVALSHA", script.sha, len(keys), *keys, *values)
                except NoScriptError:
                    return execute("EVAL", script.source, len(keys), *keys, *values)
            case Block(key, seconds):
                return execute("BLPOP", key, seconds)
            case Pause(seconds):
                return time.sleep(seconds)
    except (RedisError, OSError) as error:
        raise told(error) from error


async def perform_async(client: AsyncClient, step: Step) -> Any:
    """The same with a client of redis.asyncio.

    Before Python 3.12, `asyncio.wait_for`, which redis-py uses to send, loses a cancellation that arrives just as it
    finishes. A waiter would then wait on, so this looks for it.
    """
    task = asyncio.current_task()
    cancelled = task.cancelling() if task is not None else 0
    try:
        reply = await _perform_async(client.execute_command, step)
    except (RedisError, OSError) as error:
        raise told(error) from error
    if task is not None and task.cancelling() > cancelled:
        raise asyncio.CancelledError
    return reply


async def _perform_async(execute: Callable[..., Any], step: Step) -> Any:
    match step:
        case Run(script, keys, values):
            try:
                return await execute("EVALSHA", script.sha, len(keys), *keys, *values)
            except NoScriptError:
                return await execute("EVAL", script.source, len(keys), *keys, *values)
        case Block(key, seconds):
            return await execute("BLPOP", key, seconds)
        case Pause(seconds):
            return await asyncio.sleep(seconds)


def conduct(client: Client, conversation: Conversation) -> Grant | Refusal:
    """Carries out the steps of a conversation until it ends. Raises what the conversation raises."""
    step = next(conversation)
    try:
        while True:
            try:
                reply = perform(client, step)
            except LockServerError as error:
                step = conversation.throw(error)
            else:
                step = conversation.send(reply)
    except StopIteration as end:
        answer: Grant | Refusal = end.value
        return answer


async def conduct_async(client: AsyncClient, conversation: Conversation) -> Grant | Refusal:
    """The same with a client of redis.asyncio."""
    step = next(conversation)
    try:
        while True:
            try:
                reply = await perform_async(client, step)
            except LockServerError as error:
                step = conversation.throw(error)
            else:
                step = conversation.send(reply)
    except StopIteration as end:
        answer: Grant | Refusal = end.value
        return answer

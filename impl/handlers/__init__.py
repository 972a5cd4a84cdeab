"""The HTTP edge, one file per tag of the contract: from shapes to actions and back, without a rule of its own.

A handler has the name of its operationId. Its arguments say what it is given: `world`, `caller`, `body`, `client`
(the address) and parameters by their names in `wire.ARGUMENTS`. It answers a shape, or a status with a shape.
"""

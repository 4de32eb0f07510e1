import ArgumentParser
import AsyncHTTPClient
import Logging
import SegmentServer

print("x")

"""Opens the embedding model of a folder with an ONNX file and its tokenizer, and tests it.

Needs the extra `semantic`.
"""

from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path

import numpy as np

from gongkai.errors import MissingModelError
from gongkai.semantic.model_port import EmbeddingModel
from gongkai.semantic.parts import InParts

_PROBES = (
    (
        "穷人怎么领补助",
        "最低生活保障审核确认办法\n共同生活的家庭成员人均收入低于当地标准的，可以向户籍所在地的乡镇人民政府提出申请，"
        "经过核对、公示和确认，按月发给保障金。",
    ),
    (
        "老板不发工资怎么办",
        "关于集中整治拖欠农民工工资问题的通知\n工程建设领域实行实名制管理和专用账户制度，用人单位不按时足额支付劳动报酬的，"
        "由人力资源社会保障部门责令限期支付。",
    ),
    (
        "半夜用电便宜吗",
        "关于居民峰谷分时电价政策的通知\n居民用户可以自愿选择执行峰谷分时电价，低谷时段的电价低于平时，一年内不作变更，"
        "由供电企业负责换装电表。",
    ),
    (
        "小孩打什么预防针",
        "国家免疫规划疫苗儿童免疫程序说明\n适龄儿童按照规定的月龄接种乙肝、卡介、脊灰、百白破等疫苗，"
        "由接种单位免费提供，并记入预防接种证。",
    ),
    (
        "过年能放炮仗吗",
        "城区禁止燃放烟花爆竹管理规定\n建成区内全年禁止燃放，重大节日需要燃放的由公安机关公告时间和地点，"
        "违反规定的责令停止并处以罚款。",
    ),
    (
        "看病能报多少钱",
        "关于调整城乡居民基本医疗保险待遇的通知\n参保人员在定点医疗机构住院发生的政策范围内费用，起付线以上部分按照"
        "医疗机构的级别分别由基金支付百分之六十至八十五。",
    ),
    (
        "房子被拆赔多少",
        "国有土地上房屋征收与补偿实施办法\n被征收人可以选择货币补偿或者房屋产权调换，补偿价值由房地产价格评估机构"
        "按照征收决定公告之日的市场价格评估确定。",
    ),
    (
        "遛狗要拴绳吗",
        "城市养犬管理条例\n携犬出户应当为犬只束上犬链并由成年人牵领，主动避让老年人和儿童，及时清除粪便，"
        "重点管理区内实行登记和免疫制度。",
    ),
)
"""Queries, each with a passage of usual length that answers it and no other query."""
_LEAST_RIGHT = 6
_FLOOR_DEVIATIONS = 1.25


@dataclass(frozen=True, slots=True)
class TriedModel:
    """A model that passed the test, with the scale of its cosines.

    Unrelated texts have a cosine of 0.3 in one model and 0.83 in another. Most unrelated pairs of
    the test are below `floor`, so a lower cosine carries no information. `spread` is the standard
    deviation of those pairs.
    """

    model: EmbeddingModel
    floor: float
    spread: float


def open_model(folder: Path, threads: int = 1) -> TriedModel:
    """Opens the ONNX model in a folder. Raises MissingModelError."""
    try:
        from gongkai.semantic.onnx import OnnxModel  # noqa: PLC0415
    except ImportError as error:
        raise MissingModelError(
            _(
                "The embedding model {folder} needs a package that is not installed "
                "({name}): install gongkai[semantic]."
            ).format(folder=folder, name=error.name)
        ) from error
    return try_model(InParts(OnnxModel(folder, threads)))


def try_model(model: EmbeddingModel) -> TriedModel:
    """Returns the model with its scale. Raises MissingModelError for wrong answers.

    A package built for another processor, or a truncated file, may load and still answer wrongly.
    """
    questions = np.array([model.embed_query(question) for question, _answer in _PROBES])
    cosines = questions @ model.embed_passages([answer for _question, answer in _PROBES]).T
    own = np.eye(len(_PROBES), dtype=bool)
    right = int((cosines.argmax(axis=1) == np.arange(len(_PROBES))).sum())
    if not np.isfinite(cosines).all() or right < _LEAST_RIGHT:
        raise MissingModelError(
            _("The embedding model {name} does not answer as it should.").format(name=model.name)
        )
    unrelated = cosines[~own]
    spread = float(unrelated.std())
    return TriedModel(model, float(unrelated.mean()) + _FLOOR_DEVIATIONS * spread, spread)

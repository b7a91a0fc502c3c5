/* The shortage for other students, teachers and ratios: `measures.shortage`, in whole numbers. */
(function () {
  'use strict';
  const HUNDRED = 100n;
  const hundredths = (text) => BigInt(Math.round(Number(text) * 100));
  const magnitude = (value) => (value < 0n ? -value : value);

  /* students × (100 + growth) ÷ 100, halves to the even number. */
  function grown(students, growth) {
    const parts = students * (100n * HUNDRED + hundredths(growth));
    const scale = 100n * HUNDRED;
    const whole = parts / scale;
    const twice = 2n * (parts % scale);
    return whole + (twice > scale || (twice === scale && whole % 2n) ? 1n : 0n);
  }

  /* students ÷ ratio − teachers, to whole teachers, halves away from zero. */
  function shortage(students, teachers, ratio) {
    const scale = hundredths(ratio);
    const parts = students * HUNDRED - teachers * scale;
    const size = (2n * magnitude(parts) + scale) / (2n * scale);
    return parts < 0n ? -size : size;
  }

  function whatIf(students, teachers, ratio, growth, hires) {
    const pupils = grown(BigInt(students), growth);
    const staff = BigInt(teachers) + BigInt(hires);
    return { pupils, staff, missing: shortage(pupils, staff, ratio) };
  }

  document.querySelectorAll('.what-if').forEach((form) => {
    const value = (name) => form.querySelector(`[name=${name}]`).value;
    const update = () => {
      const inputs = [...form.querySelectorAll('input')];
      const usable = inputs.every((input) => input.value !== '' && input.checkValidity());
      const { students, teachers } = form.dataset;
      const found = usable && whatIf(students, teachers, value('ratio'), value('growth'), value('hires'));
      const lacking = found && found.missing > 0n;
      form.querySelector('output').textContent = !found ? '请填写范围内的数。'
        : `在校生 ${found.pupils} 人、专任教师 ${found.staff} 人，按 ${value('ratio')}:1，`
          + `${lacking ? '缺' : '不缺教师，多出'} ${magnitude(found.missing)} 人。`;
    };
    form.addEventListener('input', update);
    form.hidden = false;
    update();
  });
  window.qzWhatIf = (...given) => Object.values(whatIf(...given)).map(String);
})();
